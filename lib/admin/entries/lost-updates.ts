import { ConflictException, NotFoundException } from '@nestjs/common';
import { type Argument, type Key, read, run, write } from '../../command-model/command.js';
import { always, bytes, integer, integers } from '../../command-model/replies.js';
import { strict } from '../../command-model/strict.js';
import { done, setWhere } from '../../entries/if-equal.js';
import { valueToStore } from '../../entries/store.js';
import { ConfigError } from '../../index.js';
import type { ItemDto } from '../dto/item.dto.js';
import type { ValueDto } from '../dto/key.dto.js';
import type { PeekCache } from './peek-cache.js';
import type { ItemChange } from './collection.js';
import { digestOf } from './digest.js';
import { type EntryFacts, storedString, viewOfString } from './entry-view.js';
import { exchangeScript } from './exchange.script.js';
import { type OpenCache, RawKey } from './raw-key.js';
import { type ValueView, viewOfBytes } from './value-view.js';

// With `ignoreExceptions`, an outage would look like success: these commands always throw.

/**
 * Replaces a string if it still has the bytes that the page showed. Keeps time to live and tags, but not grace: the new
 * value gets none.
 *
 * @throws ConflictException with the current value, if it has changed
 */
export async function replaceString(open: OpenCache, { ttlMs, tags }: EntryFacts, dto: ValueDto): Promise<void> {
  const { key, value, digest } = dto;
  const stored = await storedString(new RawKey(open, key));
  const leftMs = ttlMs < 0 ? null : ttlMs;
  const life: Argument[] = !tags ? ['KEEPTTL'] : leftMs === null ? [] : ['PX', leftMs];
  const wanted = valueToStore(value, open.peek.known(tags ?? []), 0, leftMs);
  const set = setWhere(open.peek.keyNamed(key), stored, [wanted, ...life], done);
  if (digestOf(stored) === digest && (await open.peek.carryOut(strict(set)))) return;
  const { value: current, digest: its } = await viewOfString(open, key);
  throw conflict('The value has changed since it was shown', current, its);
}

/**
 * Changes an item if it is still the one that the page showed.
 *
 * @throws ConflictException with the current value, if it has changed
 */
export async function exchangeItem({ peek }: OpenCache, item: ItemDto, change: ItemChange): Promise<void> {
  const { get, set } = change;
  const key = peek.keyNamed(item.key);
  const current = await peek.carryOut(strict(write(get[0], [key, get[1]], bytes)));
  if (current === null) throw new NotFoundException('It no longer exists');
  const isSeen = digestOf(change.seen?.(current) ?? current) === item.digest;
  if (isSeen && (await exchanged(peek, key, current, change))) return;
  throw conflict(
    `The ${set[0] === 'ZADD' ? 'score' : 'value'} of the item has changed since it was shown`,
    viewOfBytes(current),
  );
}

async function exchanged(peek: PeekCache, key: Key, current: Buffer, { get, set }: ItemChange): Promise<boolean> {
  const [command, ...args] = set;
  try {
    return (await peek.carryOut(strict(run(exchangeScript, [key], [...get, current, ...set], integer)))) > 0;
  } catch (error) {
    // The embedded engine has no Lua here, but it runs these commands without interruption.
    if (!(error instanceof ConfigError)) throw error;
    const isRemoval = command === 'LREM';
    const field: readonly Argument[] = command === 'HSET' ? ['FIELDS', 1, args[0]!] : [];
    const ends = field.length > 0 ? await peek.carryOut(read('HPEXPIRETIME', [key, ...field], integers)) : [];
    if (isRemoval) await peek.carryOut(write('LSET', [key, ...args], always));
    await peek.carryOut(write(command, [key, ...(isRemoval ? [1, args[1]!] : args)], always));
    for (const at of ends) if (at > 0) await peek.carryOut(write('HPEXPIREAT', [key, at, ...field], always));
    return true;
  }
}

function conflict(message: string, current: ValueView, digest?: string): ConflictException {
  return new ConflictException({ statusCode: 409, message, current, ...(digest && { digest }) });
}
