/** Deeper values are an error of the script, encoded or decoded. */
export const maxDepth = 1000;

/** Thrown by the JSON coders; it becomes an error of the script. */
export class JsonError extends Error {}

/** Lua unwinds with an exception of its own that must not be caught, so the coders' errors are returned. */
export function attempt<T>(code: () => T): T | JsonError {
  try {
    return code();
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
}
