/** Raised by the JSON coders; it becomes an error of the script. */
export class JsonError extends Error {}
