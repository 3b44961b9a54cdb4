import type { WireCommand } from '../wire/connection-pool.js';
import type { LocalCopies, PendingRead } from './local-copies.js';

/** A round trip that reads more keys than this keeps nothing: it would evict more valuable copies. */
const keepAtMost = 1000;

/** A command, and the part of its answer that is already here. */
interface Part {
  readonly call: WireCommand;
  /** The whole answer. */
  readonly answer?: unknown;
  /** The keys whose values may be kept. */
  readonly keys?: readonly string[];
  /** By the position of the key. */
  readonly values: unknown[];
  /** The positions of the keys to ask for. */
  readonly missing: readonly number[];
}

/** Reads that are answered from local copies as far as possible, and by the server for the rest. */
export class ReadTrip {
  /** The commands to send. */
  readonly calls: WireCommand[] = [];
  private readonly startedAt = performance.now();
  private readonly parts: readonly Part[];
  private readonly reads: (PendingRead | undefined)[] = [];

  constructor(
    private readonly copies: LocalCopies,
    commands: readonly WireCommand[],
  ) {
    this.parts = commands.map((call) => this.partOf(call));
    const count = this.parts.reduce((sum, { missing }) => sum + missing.length, 0);
    for (const part of this.parts) this.ask(part, count <= keepAtMost);
  }

  /**
   * Whether some of the commands may be answered here: a new time to live must not be combined with an old value, nor
   * with a part of one.
   */
  static suits(commands: readonly WireCommand[]): boolean {
    if (!commands.every(({ access }) => access === 'read') || !commands.some(isOfValues)) return false;
    return commands.every((command) => isOfValues(command) || isOfLife(command)) || !commands.some(isOfLife);
  }

  /** The answers to all commands, from the replies to `calls`. */
  answers(replies: readonly unknown[]): unknown[] {
    const rest = replies.values();
    const reads = this.reads.values();
    return this.parts.map((part) =>
      this.answer(
        part,
        () => rest.next().value,
        () => reads.next().value,
      ),
    );
  }

  private partOf(call: WireCommand): Part {
    const keys = call.args.every((arg) => typeof arg === 'string') ? call.args : [];
    if (isOfLife(call)) return { call, answer: this.copies.get(keys[0] ?? '')?.ttlMs, values: [], missing: [] };
    if (!isOfValues(call) || keys.length === 0) return { call, values: [], missing: [] };
    const values = keys.map((key): unknown => this.copies.get(key)?.data ?? null);
    return { call, keys, values, missing: keys.map((_, index) => index).filter((index) => values[index] === null) };
  }

  /** The missing values, each with its time to live. */
  private ask({ call, answer, keys, missing }: Part, keep: boolean): void {
    if (answer !== undefined) return;
    if (!keys) {
      this.calls.push(call);
      return;
    }
    if (missing.length === 0) return;
    const asked = missing.map((index) => keys[index]!);
    this.calls.push({ ...call, args: asked });
    for (const key of asked) {
      const read = keep ? this.copies.beginRead(key) : undefined;
      this.reads.push(read);
      if (read) this.calls.push({ ...call, name: 'PTTL', args: [key] });
    }
  }

  private answer(part: Part, nextReply: () => unknown, nextRead: () => PendingRead | undefined): unknown {
    const { call, answer, keys, values, missing } = part;
    if (answer !== undefined) return answer;
    if (!keys) return nextReply();
    this.copies.hits += keys.length - missing.length;
    const isList = call.name === 'MGET';
    const reply = missing.length > 0 ? nextReply() : [];
    const found: unknown = isList || missing.length === 0 ? reply : [reply];
    const fits = Array.isArray(found) && found.length === missing.length;
    for (const [place, index] of missing.entries()) {
      const value: unknown = fits ? found[place] : undefined;
      const read = nextRead();
      if (read) this.copies.endRead(read, this.startedAt, value, nextReply());
      values[index] = value;
    }
    if (!fits || reply instanceof Error) return reply;
    return isList ? values : values[0];
  }
}

/** Whether the reply consists of the values of its keys, and nothing else. */
export const isOfValues = ({ name }: Pick<WireCommand, 'name'>): boolean => name === 'GET' || name === 'MGET';

const isOfLife = ({ name }: WireCommand): boolean => name === 'PTTL';
