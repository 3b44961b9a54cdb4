import { type Bytes, toBytes } from './bytes.js';

/**
 * Does `text` match the glob-style `pattern`, byte by byte as Redis' KEYS, SCAN and PSUBSCRIBE match:
 * `*`, `?`, `[abc]`, `[^a]`, `[a-z]` and `\` before a literal?
 */
export function matchGlob(pattern: string | Buffer, text: string | Buffer): boolean {
  return globMatches(toBytes(pattern), toBytes(text));
}

/** Backtracks only to the last `*`, so the time is bounded by the product of both lengths. */
export function globMatches(pattern: Bytes, text: Bytes): boolean {
  // Redis' loop never looks at the pattern if there is no text.
  if (text === '') return pattern === '';
  let [p, t] = [0, 0];
  let star: { p: number; t: number } | undefined;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = { p: ++p, t };
      continue;
    }
    const next = p < pattern.length ? matchOne(pattern, p, text.charCodeAt(t)) : undefined;
    if (next !== undefined) {
      p = next;
      t++;
    } else if (star) {
      p = star.p;
      t = ++star.t;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p >= pattern.length;
}

/** The position after the pattern's item at `p` if that matches `byte`; else `undefined`. */
function matchOne(pattern: Bytes, p: number, byte: number): number | undefined {
  switch (pattern[p]) {
    case '?':
      return p + 1;
    case '[':
      return matchClass(pattern, p + 1, byte);
    case '\\':
      if (p + 1 < pattern.length) p++;
  }
  return pattern.charCodeAt(p) === byte ? p + 1 : undefined;
}

/** A class without a closing `]` ends with the pattern. */
function matchClass(pattern: Bytes, p: number, byte: number): number | undefined {
  const isNegated = pattern[p] === '^';
  if (isNegated) p++;
  let isMember = false;
  for (; p < pattern.length && pattern[p] !== ']'; p++) {
    const isEscape = pattern[p] === '\\' && p + 1 < pattern.length;
    if (isEscape) {
      p++;
    } else if (pattern[p + 1] === '-' && p + 2 < pattern.length) {
      isMember ||= isBetween(byte, pattern.charCodeAt(p), pattern.charCodeAt(p + 2));
      p += 2;
      continue;
    }
    isMember ||= pattern.charCodeAt(p) === byte;
  }
  return isMember === isNegated ? undefined : p + 1;
}

/** A range may run backwards, and bytes from 128 up are negative, as C's char is signed. */
function isBetween(byte: number, from: number, to: number): boolean {
  const [value, a, b] = [signed(byte), signed(from), signed(to)];
  return value >= Math.min(a, b) && value <= Math.max(a, b);
}

function signed(byte: number): number {
  return byte > 127 ? byte - 256 : byte;
}
