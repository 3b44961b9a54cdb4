/**
 * A byte string: one char (0 to 255) per byte.
 *
 * All data inside the engine are byte strings. They are immutable, so the engine never shares memory with a caller;
 * they serve as keys of a `Map`; and `<` compares them as Redis' memcmp does.
 */
export type Bytes = string;

/** An argument of a command as callers pass it; a string stands for its UTF-8 bytes. */
export type Argument = string | Buffer | number;

export function toBytes(argument: Argument): Bytes {
  if (typeof argument === 'string') {
    const isAscii = Buffer.byteLength(argument) === argument.length;
    return isAscii ? argument : Buffer.from(argument).toString('latin1');
  }
  return typeof argument === 'number' ? String(argument) : argument.toString('latin1');
}

export function fromBytes(bytes: Bytes): Buffer {
  return Buffer.from(bytes, 'latin1');
}

/** The text as C prints it, up to the first zero byte. */
export function cString(bytes: Bytes): Bytes {
  return bytes.split('\0', 1)[0] ?? '';
}
