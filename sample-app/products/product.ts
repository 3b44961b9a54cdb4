import { z } from 'zod';

/** What a product looks like in Redis; whoever edits one on the admin page may leave something out. */
export const productSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Cents. */
  price: z.int().positive(),
});

export type Product = z.infer<typeof productSchema>;
