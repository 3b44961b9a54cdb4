import { type Reply, ReplyError } from '../../../lib/embedded/index.js';
import type { Call } from './calls.js';

/** A reply that can be compared and printed; a byte string has a character per byte. */
export type Plain = string | number | null | { readonly error: string } | readonly Plain[];

export function toPlain(reply: Reply): Plain {
  if (Buffer.isBuffer(reply)) return reply.toString('latin1');
  if (reply instanceof ReplyError) return { error: reply.message };
  return Array.isArray(reply) ? reply.map(toPlain) : reply;
}

const byText = (a: Plain, b: Plain) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const sorted = (reply: Plain) => (Array.isArray(reply) ? (reply as Plain[]).toSorted(byText) : reply);

/** Pairs in a flat list: name, value, name, value, … */
export function pairsOf(reply: Plain): Plain {
  if (!Array.isArray(reply)) return reply;
  const flat = reply as Plain[];
  return Array.from({ length: flat.length / 2 }, (_, index) => flat.slice(2 * index, 2 * index + 2));
}

/** Times that differ by at most this many milliseconds count as equal. */
const TOLERANCE = 10_000;
const roundTime = (reply: Plain) =>
  typeof reply === 'number' && reply > 0 ? Math.round(reply / TOLERANCE) * TOLERANCE : reply;

const each = (rule: (reply: Plain) => Plain) => (reply: Plain) =>
  Array.isArray(reply) ? (reply as Plain[]).map(rule) : rule(reply);

const roundSeconds = (reply: Plain) => (typeof reply === 'number' && reply > 0 ? Math.round(reply / 100) : reply);

/** Compares only the number of random results. */
const size = (reply: Plain) =>
  Array.isArray(reply) ? reply.length : reply === null || typeof reply === 'object' ? reply : 1;

/** The engine has no negative zero. */
const unsignedZero = (reply: Plain) =>
  Array.isArray(reply) ? (reply as Plain[]).map((element) => (element === '-0' ? '0' : element)) : reply;

/** Not compared: clock readings, and details of Redis' memory layout. */
const INCOMPARABLE = new Set(['idle', 'seen-time', 'radix-tree-nodes']);

function withoutClock(reply: Plain): Plain {
  if (!Array.isArray(reply)) return reply;
  const elements = reply as Plain[];
  return elements.map((element, index) => {
    const name = elements[index - 1];
    if (typeof name === 'string' && INCOMPARABLE.has(name)) return 0;
    if (name === 'pending' && Array.isArray(element)) return withoutDeliveryTime(element);
    return withoutClock(element);
  });
}

const isPendingList = (reply: Plain) => Array.isArray(reply) && reply.every((entry) => Array.isArray(entry));

/** The time precedes the count. */
function withoutDeliveryTime(reply: Plain): Plain {
  return (reply as Plain[][]).map((entry) => entry.with(-2, 0));
}

const rules: Record<string, ((reply: Plain) => Plain) | undefined> = {
  KEYS: sorted,
  SMEMBERS: sorted,
  SUNION: sorted,
  SINTER: sorted,
  SDIFF: sorted,
  HKEYS: sorted,
  HVALS: sorted,
  HGETALL: (reply) => sorted(pairsOf(reply)),
  TTL: roundSeconds,
  EXPIRETIME: roundSeconds,
  PTTL: roundTime,
  PEXPIRETIME: roundTime,
  HTTL: each(roundSeconds),
  HEXPIRETIME: each(roundSeconds),
  HPTTL: each(roundTime),
  HPEXPIRETIME: each(roundTime),
  GEOSEARCH: sorted,
  ZUNION: unsignedZero,
  ZINTER: unsignedZero,
  XINFO: withoutClock,
  XPENDING: (reply) => (isPendingList(reply) ? withoutDeliveryTime(reply) : reply),
  RANDOMKEY: size,
  SRANDMEMBER: size,
  HRANDFIELD: size,
  ZRANDMEMBER: size,
  SPOP: size,
  SCAN: size,
  HSCAN: size,
  SSCAN: size,
  ZSCAN: size,
};

/** The part of a reply that must be equal on both sides. */
export function normalise([name, ...args]: Call, reply: Plain): Plain {
  const [, , inner, ...innerArgs] = args;
  if (name === 'EVAL' && inner !== undefined) return normalise([String(inner), ...innerArgs], reply);
  const subcommand = String(args[0]).toUpperCase();
  const rule = rules[`${name.toUpperCase()} ${subcommand}`] ?? rules[name.toUpperCase()];
  const isError = typeof reply === 'object' && reply !== null && 'error' in reply;
  return rule && !isError ? rule(reply) : reply;
}
