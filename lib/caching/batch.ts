import type { Logger } from '@nestjs/common';
import type { CommandExecutor } from '../execution/command-executor.js';
import { Computation, Wait } from './computation.js';
import type { FactoryRun } from './factory-run.js';
import { GatheredCommands } from './gathered-commands.js';
import type { ManyFactory } from './get-or-set-many.options.js';
import { loadContext } from './load-context.js';
import { valuesOf } from './loaded.js';
import type { Source } from './source.js';

/** A key that is ready to be loaded. */
interface Ready<T> {
  readonly id: string;
  readonly run: FactoryRun<T>;
  readonly computation: Computation;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The keys of one call that are loaded together: as soon as each of them is ready, or waits for another flight. Keys
 * that have waited in vain are loaded later.
 */
export class Batch<T> {
  readonly commands: GatheredCommands;
  readonly logger: FirstWarning;
  /** How many keys are on their way; the first stands for those that have not started. */
  private underWay = 1;
  private ready: Ready<T>[] = [];

  constructor(
    executor: CommandExecutor,
    logger: Pick<Logger, 'warn'>,
    private readonly cache: object,
    private readonly loader: ManyFactory<T>,
    private readonly outer: Computation | undefined,
  ) {
    this.commands = new GatheredCommands(executor);
    this.logger = new FirstWarning(logger);
  }

  /** Adds a key, as it is on the wire. */
  member(id: string): BatchMember<T> {
    this.underWay++;
    return new BatchMember(this, id);
  }

  /** All keys have started, or one is no longer on its way. */
  countDown(): void {
    this.underWay--;
    this.loadSoon();
  }

  add(key: Ready<T>): void {
    this.ready.push(key);
    if (this.ready.length === 1) this.loadSoon();
  }

  /** Keys that become ready together are loaded together, even if nobody waits for them any longer. */
  private loadSoon(): void {
    if (this.underWay > 0 || this.ready.length === 0) return;
    process.nextTick(() => {
      const ready = this.ready.filter((key) => !refused(key));
      this.ready = [];
      if (ready.length > 0) void this.load(ready);
    });
  }

  private async load(ready: readonly Ready<T>[]): Promise<void> {
    const computation = new Computation(this.cache, new Set(ready.map(({ id }) => id)), this.outer);
    const waits = ready.map((key) => new Wait(key.computation, computation));
    const keys = ready.map(({ run }) => run.key);
    const given = [...keys];
    try {
      const context = loadContext<T>(ready.map(({ run }) => run));
      const loaded = await computation.run(() => this.loader(given, context));
      const values = valuesOf<T>(loaded, keys, given, 'The loader of getOrSetMany');
      for (const [index, { resolve, reject }] of ready.entries()) {
        const value = values[index];
        if (value instanceof Error) reject(value);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as with a factory, undefined is not stored
        else resolve(value as T);
      }
    } catch (error) {
      for (const { reject } of ready) reject(error);
    } finally {
      for (const wait of waits) wait.end();
    }
  }
}

/** Whether its time was over before it could be loaded. */
function refused<T>({ run, reject }: Ready<T>): boolean {
  try {
    run.throwIfAborted();
    return false;
  } catch (error) {
    reject(error);
    return true;
  }
}

/** One key of a batch. */
class BatchMember<T> implements Source<T> {
  private isUnderWay = true;

  constructor(
    private readonly batch: Batch<T>,
    private readonly id: string,
  ) {}

  get commands(): GatheredCommands {
    return this.batch.commands;
  }

  get logger(): Pick<Logger, 'warn'> {
    return this.batch.logger;
  }

  make(run: FactoryRun<T>, computation: Computation): Promise<T> {
    return new Promise((resolve, reject) => {
      this.batch.add({ id: this.id, run, computation, resolve, reject });
      this.stepAside();
    });
  }

  readonly stepAside = (): void => {
    if (!this.isUnderWay) return;
    this.isUnderWay = false;
    this.batch.countDown();
  };
}

/** Many keys may fail for the same reason. */
class FirstWarning {
  private isTold = false;

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  warn(text: string): void {
    if (this.isTold) return;
    this.isTold = true;
    this.logger.warn(`${text} (getOrSetMany logs the first such key of a call)`);
  }
}
