import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import type { Place } from '../arguments/scope.js';
import type { Key } from '../command-model/command.js';
import type { FactoryContext } from './get-or-set.options.js';
import { listing } from './listed.js';
import { tagsArgument, withinLimits } from '../tags/tag-arguments.js';

/** One run of a factory, and what it has said about its value. Its methods may be detached. */
export class FactoryRun<T = unknown> implements FactoryContext<T> {
  /** Tags that only the factory has named. */
  tags: readonly string[] = [];
  /** Whether its value is for its own caller only. */
  isPrivate = false;
  private isSkipped = false;
  private aborter: AbortController | undefined;

  constructor(
    private readonly owner: Key,
    private lifeMs: number | null,
    readonly staleValue: T | undefined,
  ) {}

  get key(): string {
    return this.owner.name;
  }

  get place(): Place {
    return this.owner.version;
  }

  /** The time to live of the value. */
  get ms(): number | null {
    return this.lifeMs;
  }

  /** Whether the value is to be stored, as far as the factory decides. */
  get isWanted(): boolean {
    return !this.isSkipped && !this.aborter?.signal.aborted;
  }

  /** Created on demand, as few factories use it. */
  get signal(): AbortSignal {
    return (this.aborter ??= new AbortController()).signal;
  }

  // Made on demand as well: there may be thousands of runs at a time.
  get setTimeout() {
    return (timeout: Timeout): void => {
      this.lifeMs = toMilliseconds(timeout);
    };
  }

  get setTags() {
    return (tags: readonly string[]): void => {
      this.tags = withinLimits([...new Set([...this.tags, ...tagsArgument(tags, this.owner.version)])]);
    };
  }

  get skip() {
    return (): void => {
      this.isSkipped = true;
    };
  }

  /** The value is neither stored nor returned to any other caller. */
  get keepPrivate() {
    return (): void => {
      this.isPrivate = this.isSkipped = true;
    };
  }

  /** Before the factory begins: it may only listen for later events. */
  throwIfAborted(): void {
    this.aborter?.signal.throwIfAborted();
  }

  abort(reason: Error): void {
    (this.aborter ??= new AbortController()).abort(reason);
  }
}

const listed = listing<FactoryRun<never>>('key', 'staleValue', 'signal', 'setTimeout', 'setTags', 'skip');

/** The run as its factory gets it. */
export function contextOf<T>(run: FactoryRun<T>): FactoryRun<T> {
  return new Proxy(run, listed);
}
