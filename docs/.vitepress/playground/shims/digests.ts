/** The first 32 bits of the fractional parts of the roots of the first 64 primes: what SHA-256 begins with. */
const primes = Array.from({ length: 312 }, (_, number) => number).filter(
  (number) =>
    number > 1 && !Array.from({ length: number - 2 }, (_, index) => index + 2).some((by) => number % by === 0),
);
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;
const constants = primes.map((prime) => fraction(Math.cbrt(prime)));

const left = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
const right = (word: number, bits: number): number => left(word, 32 - bits);

/** Adds what a block makes of the state to the state. */
type Compress = (state: Int32Array, words: Int32Array) => void;

const compressOnce: Compress = (state, words) => {
  for (let index = 16; index < 80; index++) {
    words[index] = left(words[index - 3]! ^ words[index - 8]! ^ words[index - 14]! ^ words[index - 16]!, 1);
  }
  let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
  for (let index = 0; index < 80; index++) {
    const [mixed, constant] =
      index < 20
        ? [(b & c) | (~b & d), 0x5a827999]
        : index < 40
          ? [b ^ c ^ d, 0x6ed9eba1]
          : index < 60
            ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
            : [b ^ c ^ d, 0xca62c1d6];
    const next = (left(a, 5) + mixed + e + constant + words[index]!) | 0;
    [e, d, c, b, a] = [d, c, left(b, 30), a, next];
  }
  [a, b, c, d, e].forEach((word, index) => (state[index]! += word));
};

const compressTwice: Compress = (state, words) => {
  for (let index = 16; index < 64; index++) {
    const [late, early] = [words[index - 2]!, words[index - 15]!];
    const one = right(early, 7) ^ right(early, 18) ^ (early >>> 3);
    const two = right(late, 17) ^ right(late, 19) ^ (late >>> 10);
    words[index] = words[index - 16]! + one + words[index - 7]! + two;
  }
  const at = [...state];
  for (let index = 0; index < 64; index++) {
    const [a, b, c, , e, f, g, h] = at as [number, number, number, number, number, number, number, number];
    const one =
      h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + constants[index]! + words[index]!;
    const two = (right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    at.pop();
    at.unshift((one + two) | 0);
    at[4] = (at[4]! + one) | 0;
  }
  at.forEach((word, index) => (state[index]! += word));
};

function digest(bytes: Uint8Array, start: readonly number[], compress: Compress): Uint8Array {
  const padded = new DataView(new ArrayBuffer(Math.ceil((bytes.length + 9) / 64) * 64));
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, BigInt(bytes.length) * 8n);
  const state = Int32Array.from(start);
  const words = new Int32Array(80);
  for (let block = 0; block < padded.byteLength; block += 64) {
    for (let index = 0; index < 16; index++) words[index] = padded.getInt32(block + 4 * index);
    compress(state, words);
  }
  const result = new DataView(new ArrayBuffer(4 * state.length));
  state.forEach((word, index) => result.setInt32(4 * index, word));
  return new Uint8Array(result.buffer);
}

/** A browser has digests, too, but only as promises, and the library needs them at once. */
export const sha1 = (bytes: Uint8Array): Uint8Array =>
  digest(bytes, [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0], compressOnce);

export const sha256 = (bytes: Uint8Array): Uint8Array =>
  digest(
    bytes,
    primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    compressTwice,
  );
