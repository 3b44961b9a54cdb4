/** What the Lua package uses of it. */
export const isArray = Array.isArray;
export const isPlainObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
