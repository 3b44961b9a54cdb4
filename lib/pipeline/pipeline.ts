import { versionNames, type VersionOption } from '../arguments/version.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { inspect } from 'node:util';
import type { CommandDefaults, Reply, Surface } from '../commands/command-group.js';
import type { ScriptRegistry } from '../scripting/script-registry.js';
import { Known, type Step } from '../command-model/command.js';
import { Commands } from './commands.js';
import { errorText } from '../errors/error-text.js';
import { type CachexError, PipelineError } from '../errors/index.js';
import type { Evictions } from '../evictions/evictions.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { isAway } from '../execution/outage.js';
import type { Prepared } from '../execution/prepared.js';

/** Options of a pipeline. @publicApi */
export interface PipelineOptions {
  /** Sends MULTI/EXEC: all commands run, with nothing in between, or none. */
  readonly transaction?: boolean;
}

/** Options of {@link Pipeline.execute}. @publicApi */
export interface ExecuteOptions {
  /** `false`: errors are returned in the places of their results, instead of thrown. */
  readonly throwOnError?: boolean;
}

/**
 * The surface of a pipeline: every method queues its command and returns the pipeline, whose type grows with its queue.
 */
export interface Queued<R extends unknown[]> extends Surface {
  readonly reply: Pipeline<[...R, this['value']]>;
}

/** The results, or the errors in their places. @publicApi */
export type Settled<T extends unknown[]> = { [K in keyof T]: T[K] | CachexError };

/** The tuple of the queued results; in statement style, the type that the caller names. */
type Results<R extends unknown[]> = [] extends R ? unknown[] : R;

export const pipelineNames: NamesOf<PipelineOptions & VersionOption> = { ...versionNames, transaction: 'flag' };
const executeNames: NamesOf<ExecuteOptions> = { throwOnError: 'flag' };

/**
 * Queues commands and sends them in one round trip. It has every single-key and data-structure method of the service;
 * each returns the pipeline, so that calls chain, and {@link execute} returns a typed tuple in the order of the calls.
 *
 * Arguments are checked and encoded when queued: a wrong one throws there, and earlier commands stay queued. Nothing is
 * sent before {@link execute}, which asks for the tags of all values in one round trip ahead of the commands.
 *
 * @publicApi
 * @example
 * const [ok, user, length] = await cache.pipeline().set('a', 1).hget<User>('h', 'f').llen('l').execute();
 */
export class Pipeline<R extends unknown[] = []> extends Commands<Queued<R>> {
  private queue: (Prepared | Known<unknown>)[] = [];

  /** @internal */
  constructor(
    private readonly executor: CommandExecutor,
    protected readonly defaults: CommandDefaults,
    protected readonly scripts: ScriptRegistry,
    private readonly options: PipelineOptions = {},
  ) {
    super();
  }

  /** The number of commands queued. */
  get length(): number {
    return this.queue.length;
  }

  /**
   * Sends the queued commands and empties the queue; the pipeline can be used again.
   *
   * @throws PipelineError if a command failed: the others ran (in a transaction that was refused, none ran)
   * @throws ConnectionError, CommandTimeoutError if the server could not be reached at all
   * @example
   * const results = await cache.pipeline().get<User>('user:1').incr('views').execute({ throwOnError: false });
   */
  execute<T extends unknown[] = Results<R>>(
    options: ExecuteOptions & { readonly throwOnError: false },
  ): Promise<Settled<T>>;
  execute<T extends unknown[] = Results<R>>(options?: ExecuteOptions): Promise<T>;
  async execute(options?: ExecuteOptions): Promise<unknown[]> {
    if (options !== undefined) {
      checkOptions(options, executeNames, 'The options of execute', '{ throwOnError: false }');
    }
    const throwOnError = options?.throwOnError ?? true;
    const queued = this.queue;
    this.queue = [];
    const batch = queued.filter((item): item is Prepared => !(item instanceof Known));
    const replies = batch.length === 0 ? [] : await this.executor.executeAll(batch, this.options.transaction);
    let next = 0;
    const outcomes = queued.map((item) =>
      item instanceof Known ? { status: 'fulfilled' as const, value: item.answer } : replies[next++]!,
    );
    const results = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason));
    if (throwOnError) throwFirst(outcomes, results);
    return results;
  }

  /** Queued commands hold values, which must not get into a log. */
  toJSON(): { transaction: boolean; length: number } {
    return { transaction: this.options.transaction ?? false, length: this.length };
  }

  [inspect.custom](): string {
    return `Pipeline ${inspect(this.toJSON())}`;
  }

  /** @internal */
  protected get evictions(): Evictions {
    return this.executor.evictions;
  }

  /** @internal */
  protected send<T>(build: () => Step<T>): Reply<Queued<R>, T> {
    const step = build();
    this.queue.push(step instanceof Known ? step : this.executor.prepare(step));
    // The type of the pipeline grows with its queue; the object stays the same.
    return this as Reply<Queued<R>, T>;
  }
}

function throwFirst(outcomes: readonly PromiseSettledResult<unknown>[], results: readonly unknown[]): void {
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
  if (failed.length === 0) return;
  const { reason } = failed[0]!;
  if (failed.length === outcomes.length && failed.every((outcome) => isAway(outcome.reason))) throw reason;
  const index = outcomes.indexOf(failed[0]!);
  throw new PipelineError(
    `${failed.length} of ${results.length} commands of the pipeline failed, first number ${index + 1}: ${errorText(reason)}`,
    results,
    index,
    { cause: reason },
  );
}
