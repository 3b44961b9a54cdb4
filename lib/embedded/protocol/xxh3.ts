import { type Bytes, fromBytes } from './bytes.js';

const secret = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb' +
    '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);

const prime32 = [0x9e3779b1n, 0x85ebca77n, 0xc2b2ae3dn] as const;
const prime64 = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;
const primeMx1 = 0x165667919e3779f9n;
const primeMx2 = 0x9fb21c651e98df25n;

const stripeBytes = 64;
/** How far the secret moves from one stripe to the next. */
const secretStep = 8;
const stripesPerBlock = (secret.length - stripeBytes) / secretStep;

const u64 = (value: bigint) => BigInt.asUintN(64, value);
const read32 = (data: Buffer, at: number) => BigInt(data.readUInt32LE(at));
const read64 = (data: Buffer, at: number) => data.readBigUInt64LE(at);
const shifted = (value: bigint, bits: bigint) => value ^ (value >> bits);
const rotated = (value: bigint, bits: bigint) => u64((value << bits) | (value >> (64n - bits)));

/** The high half of the product, xored with the low one. */
function folded(a: bigint, b: bigint): bigint {
  const product = a * b;
  return u64(product) ^ (product >> 64n);
}

function swapped64(value: bigint): bigint {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes.readBigUInt64BE();
}

function avalanche(hash: bigint): bigint {
  return shifted(u64(shifted(hash, 37n) * primeMx1), 32n);
}

function avalancheXxh64(hash: bigint): bigint {
  const once = u64(shifted(hash, 33n) * prime64[1]);
  return shifted(u64(shifted(once, 29n) * prime64[2]), 32n);
}

/** XXH3 of 64 bits with the seed 0, as DIGEST prints it: 16 hexadecimal digits. */
export function xxh3(bytes: Bytes): string {
  return hash64(fromBytes(bytes)).toString(16).padStart(16, '0');
}

function hash64(data: Buffer): bigint {
  if (data.length > 240) return hashLong(data);
  if (data.length > 16) return hashMiddle(data);
  if (data.length > 8) return hash9To16(data);
  if (data.length > 3) return hash4To8(data);
  if (data.length > 0) return hash1To3(data);
  return avalancheXxh64(read64(secret, 56) ^ read64(secret, 64));
}

function hash1To3(data: Buffer): bigint {
  const { length } = data;
  const [first = 0, middle = 0, last = 0] = [data[0], data[length >> 1], data[length - 1]];
  const combined = ((first << 16) | (middle << 24) | last | (length << 8)) >>> 0;
  return avalancheXxh64(BigInt(combined) ^ (read32(secret, 0) ^ read32(secret, 4)));
}

function hash4To8(data: Buffer): bigint {
  const { length } = data;
  const input = read32(data, length - 4) + (read32(data, 0) << 32n);
  const keyed = input ^ read64(secret, 8) ^ read64(secret, 16);
  const mixed = u64((keyed ^ rotated(keyed, 49n) ^ rotated(keyed, 24n)) * primeMx2);
  return shifted(u64((mixed ^ ((mixed >> 35n) + BigInt(length))) * primeMx2), 28n);
}

function hash9To16(data: Buffer): bigint {
  const { length } = data;
  const low = read64(data, 0) ^ read64(secret, 24) ^ read64(secret, 32);
  const high = read64(data, length - 8) ^ read64(secret, 40) ^ read64(secret, 48);
  return avalanche(u64(BigInt(length) + swapped64(low) + high + folded(low, high)));
}

function mix16(data: Buffer, at: number, secretAt: number): bigint {
  return folded(read64(data, at) ^ read64(secret, secretAt), read64(data, at + 8) ^ read64(secret, secretAt + 8));
}

/** From 17 to 240 bytes. */
function hashMiddle(data: Buffer): bigint {
  const { length } = data;
  let sum = BigInt(length) * prime64[0];
  if (length <= 128) {
    for (let round = (length - 1) >> 5; round >= 0; round--) {
      sum += mix16(data, 16 * round, 32 * round) + mix16(data, length - 16 * (round + 1), 32 * round + 16);
    }
    return avalanche(u64(sum));
  }
  for (let round = 0; round < 8; round++) sum += mix16(data, 16 * round, 16 * round);
  let rest = mix16(data, length - 16, 136 - 17);
  for (let round = 8; round < length >> 4; round++) rest += mix16(data, 16 * round, 16 * (round - 8) + 3);
  return avalanche(u64(avalanche(u64(sum)) + rest));
}

function hashLong(data: Buffer): bigint {
  const lanes = [prime32[2], ...prime64.slice(0, 4), prime32[1], prime64[4], prime32[0]];
  const stripes = Math.floor((data.length - 1) / stripeBytes);
  for (let stripe = 0; stripe < stripes; stripe++) {
    const inBlock = stripe % stripesPerBlock;
    accumulate(lanes, data, stripe * stripeBytes, inBlock * secretStep);
    if (inBlock === stripesPerBlock - 1) scramble(lanes);
  }
  accumulate(lanes, data, data.length - stripeBytes, secret.length - stripeBytes - 7);
  let merged = BigInt(data.length) * prime64[0];
  for (let pair = 0; pair < 4; pair++) {
    const [a = 0n, b = 0n] = lanes.slice(2 * pair);
    merged += folded(a ^ read64(secret, 11 + 16 * pair), b ^ read64(secret, 11 + 16 * pair + 8));
  }
  return avalanche(u64(merged));
}

function accumulate(lanes: bigint[], data: Buffer, at: number, secretAt: number): void {
  for (let lane = 0; lane < 8; lane++) {
    const value = read64(data, at + 8 * lane);
    const keyed = value ^ read64(secret, secretAt + 8 * lane);
    lanes[lane ^ 1] = u64((lanes[lane ^ 1] ?? 0n) + value);
    lanes[lane] = u64((lanes[lane] ?? 0n) + (keyed & 0xffffffffn) * (keyed >> 32n));
  }
}

function scramble(lanes: bigint[]): void {
  for (const [lane, value] of lanes.entries()) {
    const keyed = shifted(value, 47n) ^ read64(secret, secret.length - stripeBytes + 8 * lane);
    lanes[lane] = u64(keyed * prime32[0]);
  }
}
