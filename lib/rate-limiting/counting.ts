import { partOf, type Place, versionAt } from '../arguments/scope.js';
import { type Argument, type Key, type ReplyShape, run, type ScriptSource, WireKey } from '../command-model/command.js';
import { strict } from '../command-model/strict.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { integerIn, listOf } from '../wire/reply-parts.js';
import { isAway } from '../execution/outage.js';
import type { RateLimitFallback } from './rate-limiter.options.js';

/** The result of a counting script, by name. */
export type Counted = readonly [number, number, number, number];

const counted: ReplyShape<Counted> = {
  decode: (raw) => {
    const [isAllowed, remaining, resetUs, retryUs] = listOf(4, raw);
    return [integerIn(isAllowed), integerIn(remaining), integerIn(resetUs), integerIn(retryUs)];
  },
  missing: () => [0, 0, 0, 0],
};

/** Counts a call, in one round trip; `undefined` while the server is away, if that is no error. */
export async function count(
  executor: CommandExecutor,
  script: ScriptSource,
  key: Key,
  args: readonly Argument[],
  onError: RateLimitFallback,
): Promise<Counted | undefined> {
  try {
    return await executor.execute(strict(run(script, [key], args, counted)));
  } catch (error) {
    if (onError === 'throw' || !isAway(error)) throw error;
    return undefined;
  }
}

/** The key of a caller's count: by id, under a name, for one of the algorithms. */
export interface Counting {
  readonly way: string;
  readonly name: string;
  readonly id: string;
  readonly place: Place;
}

/** Separate from the keys of users. The name in it has no colon, so that no two pairs of name and id coincide. */
export function keyOfCounts(executor: CommandExecutor, { way, name, id, place }: Counting): WireKey {
  const plain = name.replaceAll('%', '%25').replaceAll(':', '%3A');
  const own = `${way}:${versionAt(place)}:${plain}:${id}`;
  return new WireKey(id === '' ? name : id, place, executor.ownName('own', own, partOf(place)));
}
