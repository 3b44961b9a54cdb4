import { nameOf } from '../arguments/names.js';
import type { Command, ReplyContext } from '../command-model/command.js';
import type { Counters } from '../observability/counters.js';
import type { Tags } from '../tags/tags.js';
import { Decoding } from './decoding.js';
import type { EntryCodec } from './entry-codec.js';
import type { KeyBuilder } from './key-builder.js';
import type { Outage } from './outage.js';

/** A sender of commands. */
interface Sender {
  readonly tags: Tags;
  readonly counters: Counters;
  readonly keys: KeyBuilder;
  executeEach<T>(commands: readonly Command<T>[]): Promise<T[]>;
}

/** The context in which a cache reads replies. */
export function contextOf(sender: Sender, codec: EntryCodec, outage: Outage): ReplyContext {
  const decoding = new Decoding(codec, outage);
  return {
    tags: sender.tags,
    lookups: sender.counters,
    ask: (commands) => sender.executeEach(commands),
    decode: (data) => decoding.decode(data),
    decodeAt: (key, data) => decoding.decodeAt(key, data),
    salvageAt: (key, data) => decoding.decodeAt(key, data, true),
    strictly: {
      decode: (data) => codec.decode(data),
      decodeAt: (key, data) => decoding.decodeAt(key, data, false),
    },
    encode: (value) => codec.encode(value),
    storedAt: (key, data) => codec.storedAt(key, data),
    mismatched: (key, mismatch) => codec.reports.didNotMatch(key.name, mismatch),
    areEqual: (one, other) => areEqual(codec, one, other),
    userKey: (wire, version) => sender.keys.userKey(nameOf(wire), version),
  };
}

/** Whether values have the same canonical bytes. The order of an object's keys does not matter. */
function areEqual(codec: EntryCodec, one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((value) => codec.encodeCanonical(value));
  return typeof a === 'string' || typeof b === 'string' ? a === b : a!.equals(b!);
}
