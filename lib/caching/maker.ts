import { quoted } from '../errors/quoted.js';
import type { Key } from '../command-model/command.js';
import { errorText } from '../errors/error-text.js';
import { CodecError, SchemaError, WrongTypeError } from '../errors/index.js';
import { match, Mismatch, type StandardSchema } from '../codec/schema.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import type { Locking } from '../locking/locking.js';
import { Claim } from './claim.js';
import { Computation, Wait } from './computation.js';
import type { Deadlines } from '../waiting/deadlines.js';
import { nothing, type Reading, readEntry, type Spare, unanswered } from './entry-reader.js';
import { FactoryRun } from './factory-run.js';
import { FleetLock } from './fleet-lock.js';
import { Flight, type Sight } from './flight.js';
import type { Slot } from './flights.js';
import type { ResolvedGetOrSet } from './get-or-set.options.js';
import { Made } from './made.js';
import type { Generation } from '../tags/generation.js';
import type { Reader } from './reader.js';
import { Seal } from './seal.js';
import type { Source } from './source.js';

/** What a caller asks for. */
export interface Asked {
  /** The key on the wire. */
  readonly id: string;
  readonly key: Key;
  readonly options: ResolvedGetOrSet;
  /** When its time is over, by the process's own clock. */
  readonly endsAt: number;
  /** The computation that the caller belongs to. */
  readonly outer: Computation | undefined;
}

export interface Wanted<T> extends Asked {
  readonly source: Source<T>;
}

export interface MakeRequest<T> extends Wanted<T> {
  /** The bytes that the caller has read at the key. */
  readonly seen?: Buffer;
  /** The server has just failed to answer: it is not asked for anything else. */
  readonly isUnanswered?: boolean;
}

/** What the key holds when it is a flight's turn. */
interface Turn extends Reading {
  /** The number of that look. */
  readonly look?: number;
}

/** What a value needs on its way into the cache. */
interface Storing {
  readonly seal: Seal;
  readonly claim: Claim;
  readonly slot: Slot;
  readonly lock: FleetLock | undefined;
}

/** Lets factories make values, and stores them. */
export class Maker {
  /** Whether a factory has called `setTags`: others may, too. */
  private haveFactoriesTags = false;
  private firstGeneration: Promise<Generation | undefined> | undefined;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly locking: Locking,
    private readonly cache: object,
    private readonly deadlines: Deadlines,
    private readonly reader: Reader,
  ) {}

  launch<T>(slot: Slot, request: MakeRequest<T>, spare?: Spare): Flight<T> {
    const { id, key, source, options, endsAt, outer } = request;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller says what the key holds
    const staleValue = options.graceMs > 0 ? (spare?.value as T | undefined) : undefined;
    const run = new FactoryRun<T>(key, options.ms, staleValue);
    const computation = new Computation(this.cache, id, outer);
    const wait = outer && new Wait(outer, computation);
    const lock = options.lock && !request.isUnanswered ? new FleetLock(this.locking, key, id, computation) : undefined;
    const { context } = this.executor;
    const limits = { leftMs: endsAt - performance.now(), deadlines: this.deadlines };
    let seal: Seal | undefined;
    let claim: Claim | undefined;
    let sight: Sight | undefined;
    const flight = new Flight<T>(
      slot.number,
      computation,
      run,
      { ...limits, ...options },
      {
        make: async () => {
          const { hit, isUnanswered, seen, look }: Turn = lock
            ? await this.readInTurn(request, lock, run, slot)
            : request;
          if (hit && look) sight = { number: look };
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller says what the key holds
          if (hit) return new Made(hit.stored as T, context, false, hit.value);
          if (!isUnanswered) [seal, claim] = await this.prepare(request, seen);
          if (seal) sight = { number: slot.look(), bytes: claim?.bytes };
          run.throwIfAborted();
          const value = await source.make(run, computation);
          if (run.tags.length > 0) this.haveFactoriesTags = true;
          const output = options.schema ? await this.checked(request, options.schema, value, run) : value;
          return new Made(value, context, run.isPrivate, output);
        },
        store: async (made) => {
          if (seal && claim) await this.store(request, made, run, { seal, claim, slot, lock });
        },
        settle: async () => claim?.release(),
        sight: () => sight,
        isCurrent: async () => seal !== undefined && seal.isCurrent(run),
        isOvertaken: async (old) => seal !== undefined && seal.isOvertaken(run, old),
        isAwaited: slot.isAwaited,
        land: () => {
          void lock?.release();
          slot.land();
        },
      },
    );
    const end = (): void => wait?.end();
    flight.outcome.then(end, end);
    return flight;
  }

  /**
   * The schema's output for a factory's value. A decorated method must not fail by that: a value that does not match is
   * returned unchanged.
   *
   * @throws SchemaError
   */
  private async checked(
    { key: { name }, options: { outage } }: Asked,
    schema: StandardSchema,
    value: unknown,
    run: FactoryRun,
  ): Promise<unknown> {
    if (run.isPrivate) return value;
    const output = await match(schema, value);
    if (!(output instanceof Mismatch)) return output;
    const { reports } = this.executor.codec;
    if (!outage) {
      reports.didNotMatch(name, output);
      const what = `What the factory of ${quoted(name)} made does not match the schema`;
      throw new SchemaError(`${what} ${output.where}: it is not stored`, output.thrown);
    }
    run.keepPrivate();
    if (value !== undefined) reports.isNotStored(name, output);
    return value;
  }

  /** The previous holder of the lock may have stored the value. */
  private async readInTurn<T>(
    { key, options, source }: Wanted<T>,
    lock: FleetLock,
    run: FactoryRun<T>,
    slot: Slot,
  ): Promise<Turn> {
    try {
      await lock.acquire(run.signal, source.stepAside);
      run.throwIfAborted();
      const look = slot.look();
      const reading = await readEntry(this.executor, source.commands, key, options, 'write');
      if (reading.hit) run.skip();
      return { ...reading, look };
    } catch (error) {
      run.throwIfAborted();
      return this.reader.forgives(error, options) ? unanswered : nothing;
    }
  }

  /** `undefined` if the server could not be asked: the value will be returned, but not stored. */
  private async prepare<T>(request: Wanted<T>, seen: Buffer | undefined): Promise<[seal?: Seal, claim?: Claim]> {
    const { key, options, source } = request;
    const claiming = Claim.take(source.commands, key, seen);
    try {
      return await Promise.all([this.seal(options), claiming]);
    } catch (error) {
      claiming.then((taken) => taken?.release()).catch(() => undefined);
      // In a batch, such a key looks missing.
      if (error instanceof WrongTypeError) throw error;
      this.notStored(request, error);
      return [];
    }
  }

  /**
   * The generation before the first factory ran. Few factories call `setTags`: asking before each of them would waste a
   * round trip. If the server does not answer, the waiting values are not stored, and nobody asks again.
   */
  private earlier(): Promise<Generation | undefined> {
    this.firstGeneration ??= this.executor.tags.generation().catch((error) => {
      this.firstGeneration = Promise.resolve(undefined);
      throw error;
    });
    return this.firstGeneration;
  }

  private seal(options: ResolvedGetOrSet): Promise<Seal> {
    const { tags } = this.executor;
    const { setsTags = this.haveFactoriesTags || undefined } = options;
    if (setsTags === undefined) return Seal.prepare(tags, options, undefined, () => this.earlier());
    return Seal.prepare(tags, options, setsTags ? () => tags.generation() : undefined);
  }

  private async store<T>(
    request: Wanted<T>,
    made: Made<unknown>,
    run: FactoryRun<T>,
    { seal, claim, slot, lock }: Storing,
  ): Promise<void> {
    const { key, options, source } = request;
    try {
      const { evictions } = this.executor;
      // Code inside has changed it, or its tags: what it made must not be seen outside yet.
      if (evictions.isOn && evictions.dooms(key, [...options.tags, ...run.tags])) return;
      const closed = await seal.close(this.executor.context.storedAt(key, await made.encode()), run);
      if (!closed) return;
      const isMade = async () =>
        (await readEntry(this.executor, source.commands, key, options, 'write')).hit !== undefined;
      if (lock && !(await lock.isUnbroken(isMade))) return;
      if (slot.mayStore()) await claim.store(closed.data, closed.ms);
    } catch (error) {
      this.notStored(request, error);
    }
  }

  private notStored<T>({ key, source }: Wanted<T>, error: unknown): void {
    if (this.executor.forgives(error)) return;
    const text = `Could not store the value of ${quoted(key.name)}: ${errorText(error)}`;
    // The next value of its kind will fail, too.
    if (error instanceof CodecError) this.executor.codec.reports.say(error.code, key.name, () => text);
    else source.logger.warn(text);
  }
}
