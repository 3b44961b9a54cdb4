/* Values of which some, or none, are promises: a promise where none is needed takes longer than the value. */

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

/** All of the values; creates no promise if none of them is one. */
export function allOf<T>(parts: (T | Promise<T>)[]): T[] | Promise<T[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- none of them is a promise
  return parts.some(isPromise) ? Promise.all(parts) : (parts as T[]);
}

/** What `read` makes of each item. If it throws, nobody awaits the promises of the items before that. */
export function readEach<I, T>(
  items: readonly I[],
  read: (item: I, index: number) => T | Promise<T>,
): T[] | Promise<T[]> {
  const parts = new Array<T | Promise<T>>(items.length);
  let isSettled = true;
  try {
    // One pass: lists of values are long.
    for (let index = 0; index < items.length; index++) {
      const part = read(items[index]!, index);
      parts[index] = part;
      if (part instanceof Promise) isSettled = false;
    }
  } catch (error) {
    for (const part of parts) if (part instanceof Promise) part.catch(() => undefined);
    throw error;
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- none of them is a promise
  return isSettled ? (parts as T[]) : Promise.all(parts);
}

/** What `build` makes of the value. */
export function whenRead<V, T>(value: V | Promise<V>, build: (value: V) => T): T | Promise<T> {
  return value instanceof Promise ? value.then(build) : build(value);
}
