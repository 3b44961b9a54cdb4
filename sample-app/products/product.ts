export interface Product {
  id: string;
  name: string;
  /** Cents. */
  price: number;
}
