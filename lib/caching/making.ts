import { quoted } from '../errors/quoted.js';
import { isPromise } from 'node:util/types';
import { errorText } from '../errors/error-text.js';
import { CodecError, SchemaError, WrongTypeError } from '../errors/index.js';
import { match, Mismatch, type StandardSchema } from '../codec/schema.js';
import type { Stamp } from '../codec/envelope.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { Claim } from './claim.js';
import type { Computation } from './computation.js';
import { nothing, type Reading, readEntry, unanswered } from './entry-reader.js';
import type { FactoryRun } from './factory-run.js';
import type { FleetLock } from './fleet-lock.js';
import type { Flight, Route, Sight } from './flight.js';
import type { Slot } from './flights.js';
import { Made } from './made.js';
import type { Reader } from './reader.js';
import type { MakeRequest } from './request.js';
import type { Seal } from './seal.js';
import type { Seals } from './seals.js';

/** What the key holds when it is a flight's turn. */
interface Turn extends Reading {
  /** The number of that look. */
  readonly look?: number;
}

/** What a value is made with. */
export interface Workshop {
  readonly executor: CommandExecutor;
  readonly reader: Reader;
  readonly seals: Seals;
}

/**
 * The making and storing of one value. An instance, because V8 would keep literals and their closures among its old
 * objects when there are many misses at a time.
 */
export class Making<T> implements Route<T> {
  sight: Sight | undefined;
  private seal: Seal | undefined;
  private claim: Claim | undefined;

  constructor(
    private readonly workshop: Workshop,
    private readonly request: MakeRequest<T>,
    private readonly run: FactoryRun<T>,
    private readonly computation: Computation,
    private readonly slot: Slot,
    private readonly lock: FleetLock | undefined,
  ) {}

  get isAwaited(): boolean {
    return this.slot.isAwaited;
  }

  async make(): Promise<Made<T>> {
    const { request, lock, run, slot } = this;
    const { source, options } = request;
    const { executor, seals } = this.workshop;
    const { context } = executor;
    const { hit, isUnanswered, seen, look }: Turn = lock ? await this.readInTurn(lock) : request;
    if (hit && look) this.sight = { number: look };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller says what the key holds
    if (hit) return new Made(hit.stored as T, context, false, hit.value);
    if (!isUnanswered) await this.prepare(seen);
    if (this.seal) this.sight = { number: slot.look(), bytes: this.claim?.bytes };
    run.throwIfAborted();
    const value = await source.make(run, this.computation);
    if (run.tags.length > 0) seals.haveFactoriesTags = true;
    const output = options.schema ? await this.checked(options.schema, value) : value;
    return new Made(value, context, run.isPrivate, output);
  }

  async store(made: Made<unknown>): Promise<void> {
    const { seal, claim, run, slot, lock } = this;
    if (!seal || !claim) return;
    const { key, options } = this.request;
    const { executor } = this.workshop;
    try {
      const { evictions } = executor;
      // Code inside has changed it, or its tags: what it made must not be seen outside yet.
      if (evictions.isOn && evictions.dooms(key, [...options.tags, ...run.tags])) return;
      const encoded = made.encode();
      const closing = seal.close(executor.context.storedAt(key, isPromise(encoded) ? await encoded : encoded), run);
      const closed = isPromise(closing) ? await closing : closing;
      if (!closed) return;
      if (lock && !(await lock.isUnbroken(() => this.isMade()))) return;
      if (slot.mayStore()) await claim.store(closed.data, closed.ms);
    } catch (error) {
      this.notStored(error);
    }
  }

  settle(): Promise<unknown> | undefined {
    return this.claim?.release();
  }

  async isCurrent(): Promise<boolean> {
    return this.seal !== undefined && this.seal.isCurrent(this.run);
  }

  async isOvertaken(old: readonly Stamp[]): Promise<boolean> {
    return this.seal !== undefined && this.seal.isOvertaken(this.run, old);
  }

  land(flight: Flight<T>): void {
    void this.lock?.release();
    this.slot.land(flight);
  }

  /**
   * The schema's output for a factory's value. A decorated method must not fail by that: a value that does not match is
   * returned unchanged.
   *
   * @throws SchemaError
   */
  private async checked(schema: StandardSchema, value: unknown): Promise<unknown> {
    const { run } = this;
    const {
      key: { name },
      options: { outage },
    } = this.request;
    if (run.isPrivate) return value;
    const output = await match(schema, value);
    if (!(output instanceof Mismatch)) return output;
    const { reports } = this.workshop.executor.codec;
    if (!outage) {
      reports.didNotMatch(name, output);
      const what = `The value from the factory of ${quoted(name)} does not match the schema`;
      throw new SchemaError(`${what} ${output.where}: it is not stored`, output.thrown);
    }
    run.keepPrivate();
    if (value !== undefined) reports.isNotStored(name, output);
    return value;
  }

  private async isMade(): Promise<boolean> {
    const { key, options, source } = this.request;
    return (await readEntry(this.workshop.executor, source.commands, key, options, 'write')).hit !== undefined;
  }

  /** The previous holder of the lock may have stored the value. */
  private async readInTurn(lock: FleetLock): Promise<Turn> {
    const { run, slot } = this;
    const { key, options, source } = this.request;
    const { executor, reader } = this.workshop;
    try {
      await lock.acquire(run.signal, source.stepAside);
      run.throwIfAborted();
      const look = slot.look();
      const reading = await readEntry(executor, source.commands, key, options, 'write');
      if (reading.hit) run.skip();
      return { ...reading, look };
    } catch (error) {
      run.throwIfAborted();
      return reader.forgives(error, options) ? unanswered : nothing;
    }
  }

  /** If the server cannot be asked, the value will be returned, but not stored. */
  private async prepare(seen: Buffer | undefined): Promise<void> {
    const { key, options, source } = this.request;
    const claiming = Claim.take(source.commands, key, seen);
    try {
      const sealing = this.workshop.seals.take(options);
      if (isPromise(sealing)) [this.seal, this.claim] = await Promise.all([sealing, claiming]);
      else {
        this.claim = await claiming;
        this.seal = sealing;
      }
    } catch (error) {
      claiming.then((taken) => taken?.release()).catch(() => undefined);
      // In a batch, such a key looks missing.
      if (error instanceof WrongTypeError) throw error;
      this.notStored(error);
    }
  }

  private notStored(error: unknown): void {
    const { key, source } = this.request;
    const { executor } = this.workshop;
    if (executor.forgives(error)) return;
    const text = `Could not store the value of ${quoted(key.name)}: ${errorText(error)}`;
    // The next value of its kind will fail, too.
    if (error instanceof CodecError) executor.codec.reports.say(error.code, key.name, () => text);
    else source.logger.warn(text);
  }
}
