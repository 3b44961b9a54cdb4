import { z } from 'zod';

/** A product as it is stored in Redis; an edit on the admin page may leave something out. */
export const productSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Cents. */
  price: z.int().positive(),
});

export type Product = z.infer<typeof productSchema>;
