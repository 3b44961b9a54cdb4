import type { Access, Command, Key } from '../commands/command.js';
import type { ReplyContext, ReplyShape } from '../commands/reply-shape.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { type Found, look, ttlOf } from './found.js';
import type { Plan } from './get-or-set.options.js';
import { isDue, untilTimeout } from './xfetch.js';

/** A value to be given only where none can be made. */
export interface Spare {
  readonly value: unknown;
  /** Its timeout is over, or one of its tags invalidated: it is no longer only early. */
  readonly isStale: boolean;
}

/** What a caller of getOrSet finds. */
export interface Reading {
  readonly hit?: { readonly value: unknown };
  readonly spare?: Spare;
}

interface Decoded extends Pick<Found, 'isFresh' | 'leftMs'> {
  readonly value: unknown;
}

const nothing: Reading = {};

class DecodedReply implements ReplyShape<Decoded | undefined> {
  constructor(private readonly key: Key) {}

  decode(raw: unknown, context: ReplyContext): Decoded | undefined | Promise<Decoded | undefined> {
    const [ttlMs, data] = Array.isArray(raw) ? (raw as [number, Buffer | null]) : [undefined, raw as Buffer | null];
    const found = look(this.key, data, ttlMs, context);
    return found instanceof Promise ? found.then((known) => decoded(known, context)) : decoded(found, context);
  }

  missing(): undefined {
    return undefined;
  }
}

function decoded(found: Found | undefined, context: ReplyContext): Decoded | undefined | Promise<Decoded | undefined> {
  if (!found) return undefined;
  const { isFresh, leftMs } = found;
  const value = context.decode(found.data);
  const withValue = (known: unknown): Decoded | undefined =>
    // What cannot be read is a miss, where it is no error.
    known === undefined ? undefined : { value: known, isFresh, leftMs };
  return value instanceof Promise ? value.then(withValue) : withValue(value);
}

/** What is stored under a key, as far as it counts for a plan. */
export async function readEntry(
  executor: CommandExecutor,
  key: Key,
  plan: Pick<Plan, 'stampede' | 'graceMs'>,
  access: Access,
): Promise<Reading> {
  const { stampede, graceMs } = plan;
  const get: Command<Decoded | undefined> = { name: 'GET', access, args: [key], reply: new DecodedReply(key) };
  const withTtl = stampede !== undefined || graceMs > 0;
  const entry = await executor.execute(withTtl ? { ...get, ahead: [ttlOf(key, access)] } : get);
  if (!entry) return nothing;
  const { value, isFresh, leftMs } = entry;
  if (isFresh && !(stampede && isDue(leftMs, stampede))) return { hit: { value } };
  const isStale = !isFresh || untilTimeout(leftMs, stampede!) <= 0;
  return isStale && graceMs === 0 ? nothing : { spare: { value, isStale } };
}
