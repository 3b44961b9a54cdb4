import { type Bytes, fromBytes, toBytes } from '../protocol/bytes.js';

/** As Redis lays out a dense one: a header of 16 bytes, then registers of 6 bits. */
const magic = 'HYLL';
const headerLength = 16;
const registerCount = 2 ** 14;
const registerBits = 6;
/** Bits of a hash that are left for its run of zeros. */
const hashBits = 50;
const denseLength = headerLength + (registerCount * registerBits) / 8;
const sparse = 1;

const seed = 0xadc83b19n;
const multiplier = 0xc6a4a7935bd1e995n;
const alpha = 0.7213475204444817;

const u64 = (value: bigint) => BigInt.asUintN(64, value);
const mixed = (value: bigint) => {
  const product = u64(value * multiplier);
  return u64((product ^ (product >> 47n)) * multiplier);
};

/** MurmurHash64A. */
function hashOf(element: Bytes): bigint {
  const data = fromBytes(element);
  const whole = data.length - (data.length % 8);
  let hash = seed ^ u64(BigInt(data.length) * multiplier);
  for (let at = 0; at < whole; at += 8) hash = u64((hash ^ mixed(data.readBigUInt64LE(at))) * multiplier);
  if (whole < data.length) {
    let rest = 0n;
    for (let at = data.length - 1; at >= whole; at--) rest = (rest << 8n) | BigInt(data[at] ?? 0);
    hash = u64((hash ^ rest) * multiplier);
  }
  const once = u64((hash ^ (hash >> 47n)) * multiplier);
  return once ^ (once >> 47n);
}

/** Which register an element concerns, and the least that it may hold. */
export function registerOf(element: Bytes): [index: number, rank: number] {
  const hash = hashOf(element);
  const index = Number(hash & BigInt(registerCount - 1));
  let rest = (hash >> 14n) | (1n << BigInt(hashBits));
  let rank = 1;
  for (; (rest & 1n) === 0n; rest >>= 1n) rank++;
  return [index, rank];
}

/** The registers of a string; `undefined` if it is no HyperLogLog, 'corrupt' if it is a broken one. */
export function readRegisters(value: Bytes): Uint8Array | 'corrupt' | undefined {
  const encoding = value.charCodeAt(4);
  if (value.length < headerLength || !value.startsWith(magic) || encoding > sparse) return undefined;
  const data = fromBytes(value).subarray(headerLength);
  if (encoding === sparse) return readSparse(data);
  return value.length === denseLength ? readDense(data) : undefined;
}

function readDense(data: Buffer): Uint8Array {
  return Uint8Array.from({ length: registerCount }, (_, index) => {
    const bit = index * registerBits;
    const at = bit >> 3;
    const word = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8);
    return (word >> (bit & 7)) & 63;
  });
}

/** Runs of zeros in one or two bytes, and runs of a value in one. */
function readSparse(data: Buffer): Uint8Array | 'corrupt' {
  const registers = new Uint8Array(registerCount);
  let index = 0;
  for (let at = 0; at < data.length; at++) {
    const byte = data[at] ?? 0;
    if (byte & 0x80) {
      const end = index + (byte & 3) + 1;
      registers.fill(((byte >> 2) & 31) + 1, index, end);
      index = end;
    } else if (byte & 0x40) index += (((byte & 63) << 8) | (data[++at] ?? 0)) + 1;
    else index += (byte & 63) + 1;
  }
  return index === registerCount ? registers : 'corrupt';
}

/** The string of these registers, whose cached count is marked as out of date. */
export function writeRegisters(registers: Uint8Array): Bytes {
  const data = Buffer.alloc(denseLength);
  data.write(magic, 'latin1');
  data[headerLength - 1] = 0x80;
  for (const [index, rank] of registers.entries()) {
    const bit = index * registerBits;
    const at = headerLength + (bit >> 3);
    const word = rank << (bit & 7);
    data[at] = (data[at] ?? 0) | (word & 0xff);
    if (word > 0xff) data[at + 1] = (data[at + 1] ?? 0) | (word >> 8);
  }
  return toBytes(data);
}

export function emptyRegisters(): Uint8Array {
  return new Uint8Array(registerCount);
}

/** How many different elements were added, by Ertl's estimator as Redis has it. */
export function estimate(registers: Uint8Array): number {
  const histogram = new Array<number>(64).fill(0);
  for (const rank of registers) histogram[rank] = (histogram[rank] ?? 0) + 1;
  const m = registerCount;
  let z = m * tau((m - (histogram[hashBits + 1] ?? 0)) / m);
  for (let rank = hashBits; rank >= 1; rank--) z = (z + (histogram[rank] ?? 0)) * 0.5;
  z += m * sigma((histogram[0] ?? 0) / m);
  return Math.round((alpha * m * m) / z);
}

function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let [x, y, z] = [start, 1, 1 - start];
  for (let before = Number.NaN; before !== z;) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

function sigma(start: number): number {
  if (start === 1) return Infinity;
  let [x, y, z] = [start, 1, start];
  for (let before = Number.NaN; before !== z;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}
