import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { listArgument } from '../arguments/arguments.js';
import type { FactoryContext } from './get-or-set.options.js';
import { entryTags } from '../tags/tags.js';

/** One run of a factory, and what that has said about its value. Methods may be taken out of it. */
export class FactoryRun<T = unknown> implements FactoryContext<T> {
  /** Those that only the factory has named. */
  tags: readonly string[] = [];
  /** Whether its value is for its own caller only. */
  isPrivate = false;
  private isSkipped = false;
  private aborter: AbortController | undefined;

  constructor(
    readonly key: string,
    private lifeMs: number | null,
    readonly staleValue: T | undefined,
  ) {}

  /** The time to live of the value. */
  get ms(): number | null {
    return this.lifeMs;
  }

  /** Whether the value is to be stored, as far as the factory has a say in it. */
  get isWanted(): boolean {
    return !this.isSkipped && !this.aborter?.signal.aborted;
  }

  /** Made when somebody asks for it, as few factories do. */
  get signal(): AbortSignal {
    return (this.aborter ??= new AbortController()).signal;
  }

  readonly setTimeout = (timeout: Timeout): void => {
    this.lifeMs = toMilliseconds(timeout);
  };

  readonly setTags = (tags: readonly string[]): void => {
    this.tags = entryTags([...this.tags, ...listArgument(tags, 'tags')]);
  };

  readonly skip = (): void => {
    this.isSkipped = true;
  };

  /** The value is neither stored nor given to anybody else. */
  readonly keepPrivate = (): void => {
    this.isPrivate = this.isSkipped = true;
  };

  /** Before the factory begins: it may listen only to what comes. */
  throwIfAborted(): void {
    this.aborter?.signal.throwIfAborted();
  }

  abort(reason: Error): void {
    (this.aborter ??= new AbortController()).abort(reason);
  }
}
