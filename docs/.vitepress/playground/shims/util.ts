import * as types from './util-types.js';

export { types };

/** As short as a line of the playground may be. */
export function inspect(value: unknown): string {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return typeof value === 'string' ? `'${value}'` : String(value);
}
inspect.custom = Symbol.for('nodejs.util.inspect.custom');

export const isDeepStrictEqual = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export const promisify =
  <R>(run: (...args: unknown[]) => void) =>
  (...args: unknown[]): Promise<R> =>
    new Promise((resolve, reject) => {
      run(...args, (error: Error | null, result: R) => (error ? reject(error) : resolve(result)));
    });
