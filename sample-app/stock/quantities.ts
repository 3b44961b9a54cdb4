/** Units by product id. */
export type Quantities = ReadonlyMap<string, number>;
