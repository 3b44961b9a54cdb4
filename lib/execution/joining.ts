import type { ScriptSource } from '../command-model/command.js';
import type { CommandTrace } from '../observability/command-trace.js';
import type { WireArgument } from '../wire/connection-pool.js';
import { isCrossSlot } from '../wire/server-errors.js';
import type { Prepared } from './prepared.js';

/** Limits of one script, because the server does nothing else until it ends. */
const mostKeys = 100;
const mostBytes = 1024 * 1024;

/** The arguments before the key: the script's digest, and the number of keys. */
const headLength = 2;

/** A batch in which consecutive calls of the same script are one call. */
export interface Joined {
  readonly batch: readonly Prepared[];
  /** Gives each command its own reply. */
  readonly split: (replies: readonly unknown[]) => unknown[];
}

/** Joins calls for as long as the server accepts that. */
export class Joining {
  /** Some services hide slots behind one address; a script there may have keys of one slot only. */
  private isRefused = false;

  /** `undefined` if there is nothing to join. */
  join(batch: readonly Prepared[]): Joined | undefined {
    return this.isRefused ? undefined : joined(batch);
  }

  /**
   * A reply for each command. Calls that the server refused because they were joined did nothing, and are sent again
   * one by one.
   */
  async answers(
    batch: readonly Prepared[],
    { batch: joint, split }: Joined,
    trace: CommandTrace | undefined,
    send: (batch: readonly Prepared[], trace: CommandTrace | undefined) => Promise<unknown[]>,
  ): Promise<unknown[]> {
    const replies = split(await send(joint, trace));
    const refused = new Set(batch.filter((prepared, index) => manyOf(prepared) && isCrossSlot(replies[index])));
    if (refused.size === 0) return replies;
    this.isRefused = true;
    const answers = (await send([...refused], undefined)).values();
    return batch.map((prepared, index) => (refused.has(prepared) ? answers.next().value : replies[index]));
  }
}

function joined(batch: readonly Prepared[]): Joined | undefined {
  if (!batch.some(manyOf)) return undefined;
  const runs: Prepared[][] = [];
  let bytes = 0;
  for (const prepared of batch) {
    const size = sizeOf(prepared);
    const last = runs.at(-1);
    bytes += size;
    if (last && last.length < mostKeys && bytes <= mostBytes && belongTogether(last[0]!, prepared)) last.push(prepared);
    else {
      runs.push([prepared]);
      bytes = size;
    }
  }
  if (runs.length === batch.length) return undefined;
  return {
    batch: runs.map((run) => (run.length > 1 ? asOne(run) : run[0]!)),
    split: (replies) =>
      runs.flatMap(({ length }, index) => {
        const reply = replies[index];
        return Array.isArray(reply) && length > 1 ? reply : Array.from({ length }, () => reply);
      }),
  };
}

const manyOf = ({ command, args }: Prepared): ScriptSource | undefined =>
  Array.isArray(args) ? command.script?.many : undefined;

/** On a cluster a slot may be on its way to another node, and a script needs all of its keys on one node. */
const belongTogether = (one: Prepared, other: Prepared): boolean =>
  manyOf(one) !== undefined && manyOf(one) === manyOf(other) && one.slot === undefined && other.slot === undefined;

function sizeOf(prepared: Prepared): number {
  return manyOf(prepared) ? argsOf(prepared).reduce((sum, { length }) => sum + length, 0) : 0;
}

function asOne(run: readonly Prepared[]): Prepared {
  const first = run[0]!;
  const script = manyOf(first)!;
  const keys = run.map((prepared) => argsOf(prepared)[headLength]!);
  const others = run.flatMap((prepared) => {
    const own = argsOf(prepared).slice(headLength + 1);
    return [String(own.length), ...own];
  });
  const args = [script.sha, String(run.length), ...keys, ...others];
  return { command: { ...first.command, script }, args };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only commands with complete arguments have a script for many keys
const argsOf = ({ args }: Prepared): WireArgument[] => args as WireArgument[];
