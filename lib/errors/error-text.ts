/** What was thrown, for a message: anything can be thrown, and this throws nothing. */
export function errorText(thrown: unknown): string {
  try {
    return thrown instanceof Error && typeof thrown.message === 'string' ? thrown.message : String(thrown);
  } catch {
    return `${typeof thrown === 'object' ? 'an object' : `a ${typeof thrown}`} that has no text`;
  }
}
