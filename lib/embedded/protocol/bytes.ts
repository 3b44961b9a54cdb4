/**
 * A byte string: one char (0 to 255) a byte.
 *
 * All data inside the engine are byte strings. They are immutable, so nothing that a caller holds is ever shared with
 * the engine, they are keys of a `Map` as they are, and `<` compares them as Redis' memcmp does.
 */
export type Bytes = string;

/** An argument of a command as callers hand it in; a string stands for its UTF-8. */
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

/** What C prints of it: a zero byte ends a text. */
export function cString(bytes: Bytes): Bytes {
  return bytes.split('\0', 1)[0] ?? '';
}
