import { partOf, type Place, versionAt } from '../arguments/scope.js';
import { type Argument, type Key, type ReplyShape, run, type ScriptSource, WireKey } from '../command-model/command.js';
import { strict } from '../command-model/strict.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { isAway } from '../execution/outage.js';
import type { RateLimitFallback } from './rate-limiter.options.js';

/** What a script that counts gives: it says which is which. */
export type Counted = readonly [number, number, number, number];

const counted: ReplyShape<Counted> = {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- four integers are what such a script returns
  decode: (raw) => raw as Counted,
  missing: () => [0, 0, 0, 0],
};

/** Counts a call, in one round trip; `undefined` while the server is away, where that is no error. */
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

/** What is counted where: the calls of an id, under a name, by one of the ways to count. */
export interface Counting {
  readonly way: string;
  readonly name: string;
  readonly id: string;
  readonly place: Place;
}

/** Apart from the keys of users. The name holds no colon there, so that no two pairs of name and id meet. */
export function keyOfCounts(executor: CommandExecutor, { way, name, id, place }: Counting): WireKey {
  const plain = name.replaceAll('%', '%25').replaceAll(':', '%3A');
  const own = `${way}:${versionAt(place)}:${plain}:${id}`;
  return new WireKey(id === '' ? name : id, place, executor.ownName('own', own, partOf(place)));
}
