import { deepStrictEqual } from 'node:assert';
import type { MemorySession } from '../../../lib/embedded/index.js';
import type { Call } from './calls.js';
import { normalise, type Plain, toPlain } from './normalise.js';
import type { RespConnection } from './resp-connection.js';

type Side = Pick<MemorySession | RespConnection, 'call'>;

const SCANS: Record<string, number | undefined> = { SCAN: 0, HSCAN: 1, SSCAN: 1, ZSCAN: 1 };

/** Runs calls on a real server and on the engine, and compares every reply. */
export class Differential {
  /** The number of calls whose replies were compared. */
  compared = 0;
  private queued: Call[] | undefined;

  constructor(
    private readonly server: Side,
    private readonly engine: Side,
  ) {}

  async run(calls: readonly Call[]): Promise<void> {
    this.queued = undefined;
    for (const reset of ['RESET', 'FLUSHALL']) {
      await this.server.call(reset);
      await this.engine.call(reset);
    }
    for (const [index, call] of calls.entries()) {
      const [expected, actual] = await this.both(call);
      const [a, b] = [this.comparable(call, expected), this.comparable(call, actual)];
      deepStrictEqual(b, a, `${describe(calls.slice(0, index + 1))}\nserver: ${show(a)}\nengine: ${show(b)}`);
      this.follow(call, expected);
      this.compared++;
    }
  }

  private async both(call: Call): Promise<[Plain, Plain]> {
    const [name, ...args] = call;
    const isScan = name.toUpperCase() in SCANS && !this.queued;
    const isPop = name.toUpperCase() === 'SPOP' && !this.queued;
    if (isScan) return [await scanAll(this.server, call), await scanAll(this.engine, call)];
    if (isPop) return this.popBoth(call);
    return [toPlain(await this.server.call(name, args)), toPlain(await this.engine.call(name, args))];
  }

  /** The engine must remove the members that the server has removed at random. */
  private async popBoth([name, ...args]: Call): Promise<[Plain, Plain]> {
    const [key = ''] = args;
    const payload = await this.engine.call('DUMP', [key]);
    const ttl = await this.engine.call('PTTL', [key]);
    const expected = toPlain(await this.server.call(name, args));
    const actual = toPlain(await this.engine.call(name, args));
    const popped = typeof expected === 'string' ? [expected] : Array.isArray(expected) ? (expected as string[]) : [];
    if (Buffer.isBuffer(payload) && popped.length > 0) {
      await this.engine.call('RESTORE', [key, Math.max(0, Number(ttl)), payload, 'REPLACE']);
      await this.engine.call('SREM', [key, ...popped.map((member) => Buffer.from(member, 'latin1'))]);
    }
    return [expected, actual];
  }

  /** Replies of a transaction are compared by the rules of its commands. */
  private comparable(call: Call, reply: Plain): Plain {
    const queued = this.queued;
    if (call[0].toUpperCase() === 'EXEC' && queued && Array.isArray(reply)) {
      return reply.map((element, index) => normalise(queued[index] ?? ['?'], element as Plain));
    }
    const isWhole = queued !== undefined || call[0].toUpperCase() in SCANS;
    return isWhole ? reply : normalise(call, reply);
  }

  private follow(call: Call, reply: Plain): void {
    const name = call[0].toUpperCase();
    if (name === 'MULTI' && reply === 'OK') this.queued = [];
    else if (reply === 'QUEUED') this.queued?.push(call);
    else if (name === 'EXEC' || (name === 'DISCARD' && reply === 'OK')) this.queued = undefined;
  }
}

/** Everything that a scan returns, as one sorted list; or its error. */
async function scanAll(side: Side, [name, ...args]: Call): Promise<Plain> {
  const cursorAt = SCANS[name.toUpperCase()] ?? 0;
  const isNamesOnly = args.some((word) => /^novalues$/i.test(String(word)));
  const width = /^[HZ]SCAN$/i.test(name) && !isNamesOnly ? 2 : 1;
  const found = new Set<string>();
  let cursor = args[cursorAt];
  // The result of a made-up cursor is undefined.
  if (/[1-9]/.test(String(cursor))) return null;
  do {
    const words = cursor === undefined ? args : args.with(cursorAt, cursor);
    const reply = toPlain(await side.call(name, words));
    if (!Array.isArray(reply)) return reply;
    const [next, items] = reply as [string, string[]];
    for (let index = 0; index < items.length; index += width) found.add(items.slice(index, index + width).join('='));
    cursor = next;
  } while (cursor !== '0');
  return [...found].toSorted();
}

function describe(calls: readonly Call[]): string {
  return calls.map((words) => words.map((word) => show(word.toString('latin1'))).join(' ')).join('\n');
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
