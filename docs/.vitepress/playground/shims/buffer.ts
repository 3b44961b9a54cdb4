import { Buffer } from 'buffer/';

const written: (this: Buffer, encoding?: string, start?: number, end?: number) => string = Reflect.get(
  Buffer.prototype,
  'toString',
);

/** Node's Buffer in the browser; the package knows no base64url. */
Buffer.prototype.toString = function (this: Buffer, encoding?: string, start?: number, end?: number): string {
  if (encoding !== 'base64url') return written.call(this, encoding, start, end);
  const text = written.call(this, 'base64', start, end);
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
};

export { Buffer };

export const constants = { MAX_LENGTH: 2 ** 32, MAX_STRING_LENGTH: 2 ** 29 - 24 };

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
