import type { Access } from '../wire/connection-pool.js';
import type { Stamp } from '../codec/envelope.js';
import type { Command, Key, Lookups, ReplyContext, ReplyShape } from '../command-model/command.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { type Found, look, ttlOf } from '../entries/found.js';
import type { Plan } from './get-or-set.options.js';
import { isDue } from '../entries/early-recomputation.js';

/** A value to be given only where none can be made. */
export interface Spare {
  readonly value: unknown;
  /** Its timeout is over, or one of its tags invalidated: it is no longer only early. */
  readonly isStale: boolean;
  readonly tags: readonly Stamp[];
}

/** What a caller of getOrSet finds. */
export interface Reading {
  readonly hit?: { readonly value: unknown };
  readonly spare?: Spare;
  /** Nobody has said what there is, as the server is away and that is to be ignored. */
  readonly isUnanswered?: boolean;
}

interface Decoded {
  readonly value: unknown;
  readonly found: Found;
}

export const nothing: Reading = {};
export const unanswered: Reading = { isUnanswered: true };

/** `null` where there is no value; `undefined` where nobody has said, as the server is away. */
type Answer = Decoded | null | undefined;

class DecodedReply implements ReplyShape<Answer> {
  constructor(private readonly key: Key) {}

  decode(raw: unknown, context: ReplyContext): Answer | Promise<Answer> {
    const [ttlMs, data] = Array.isArray(raw) ? (raw as [number, Buffer | null]) : [undefined, raw as Buffer | null];
    const found = look(this.key, data, ttlMs, context);
    return found instanceof Promise ? found.then((known) => decoded(known, context)) : decoded(found, context);
  }

  missing(): undefined {
    return undefined;
  }
}

function decoded(found: Found | undefined, context: ReplyContext): Answer | Promise<Answer> {
  if (!found) return null;
  const value = context.decode(found.data);
  const withValue = (known: unknown): Answer =>
    // What cannot be read is a miss, where it is no error.
    known === undefined ? null : { value: known, found };
  return value instanceof Promise ? value.then(withValue) : withValue(value);
}

/** What is stored under a key, as far as it counts for a plan; `lookups` are told whether it does. */
export async function readEntry(
  executor: CommandExecutor,
  key: Key,
  plan: Pick<Plan, 'stampede' | 'graceMs'>,
  access: Access,
  lookups?: Lookups,
): Promise<Reading> {
  const get: Command<Answer> = { name: 'GET', access, args: [key], reply: new DecodedReply(key) };
  const withTtl = plan.stampede !== undefined || plan.graceMs > 0;
  const entry = await executor.execute(withTtl ? { ...get, ahead: [ttlOf(key, access)] } : get);
  if (entry === undefined) return unanswered;
  const reading = entry ? readingOf(entry, plan) : nothing;
  lookups?.lookedUp(reading.hit !== undefined);
  return reading;
}

function readingOf(
  { value, found: { isFresh, leftMs, tags } }: Decoded,
  { stampede, graceMs }: Pick<Plan, 'stampede' | 'graceMs'>,
): Reading {
  if (isFresh && !(stampede && isDue(leftMs, stampede))) return { hit: { value } };
  return !isFresh && graceMs === 0 ? nothing : { spare: { value, isStale: !isFresh, tags } };
}
