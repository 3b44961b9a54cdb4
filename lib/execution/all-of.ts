/** All of them; no promise is made for what is there. */
export function allOf<T>(items: (T | Promise<T>)[]): T[] | Promise<T[]> {
  return items.some((item) => item instanceof Promise) ? Promise.all(items) : (items as T[]);
}
