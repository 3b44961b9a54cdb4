import type { WireArgument } from './connection-pool.js';

export const slotCount = 16_384;
const openingBrace = '{'.charCodeAt(0);
const closingBrace = '}'.charCodeAt(0);

/** CRC16 (XMODEM), a byte at a time. */
const crcOfByte = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/**
 * The slot of a key, as the cluster specification defines it: that of its hash tag, the text in the first braces, if it
 * has one. (`cluster-key-slot`, which comes with the driver, is wrong for keys with an empty pair of braces.)
 */
export function hashSlot(key: WireArgument): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  const opening = bytes.indexOf(openingBrace);
  const closing = opening < 0 ? -1 : bytes.indexOf(closingBrace, opening);
  const [start, end] = closing > opening + 1 ? [opening + 1, closing] : [0, bytes.length];
  let crc = 0;
  for (let index = start; index < end; index++) {
    crc = ((crc << 8) & 0xffff) ^ crcOfByte[(crc >> 8) ^ bytes[index]!]!;
  }
  return crc % slotCount;
}
