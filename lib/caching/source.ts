import type { Logger } from '@nestjs/common';
import type { Computation } from './computation.js';
import type { Commands } from './entry-reader.js';
import { contextOf, type FactoryRun } from './factory-run.js';
import type { Factory } from './get-or-set.options.js';

/** Where the value of a key comes from: a factory of its own, or a loader for many keys. */
export interface Source<T> {
  /** Sends the commands about the key. */
  readonly commands: Commands;
  /** Logs failures on the way into the cache. */
  readonly logger: Pick<Logger, 'warn'>;
  /** `computation` is what makes the value. */
  make(run: FactoryRun<T>, computation: Computation): Promise<T>;
  /** Called before the key waits for anything but the server: keys loaded with it are not to wait for it. */
  readonly stepAside?: () => void;
}

/** The factory of one key. */
export class OwnFactory<T> implements Source<T> {
  constructor(
    readonly commands: Commands,
    private readonly factory: Factory<T>,
    readonly logger: Pick<Logger, 'warn'>,
  ) {}

  make(run: FactoryRun<T>, computation: Computation): Promise<T> {
    return computation.run(() => this.factory(contextOf(run)));
  }
}
