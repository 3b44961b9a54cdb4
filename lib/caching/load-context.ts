import type { Timeout } from '../arguments/timeout.js';
import { quoted } from '../errors/quoted.js';
import { onAbort } from '../waiting/on-abort.js';
import type { FactoryRun } from './factory-run.js';
import type { ManyContext } from './get-or-set-many.options.js';
import { listing } from './listed.js';

/** What a loader may say about its values. Its methods may be detached. */
class LoadContext<T> implements ManyContext<T> {
  private readonly byKey: ReadonlyMap<string, FactoryRun<T>>;
  private aborter: AbortController | undefined;

  constructor(runs: readonly FactoryRun<T>[]) {
    this.byKey = new Map(runs.map((run) => [run.key, run]));
  }

  get staleValues(): ReadonlyMap<string, T> {
    const stale = new Map<string, T>();
    for (const [key, { staleValue }] of this.byKey) if (staleValue !== undefined) stale.set(key, staleValue);
    return stale;
  }

  /** Aborts as soon as nobody waits for any of the keys. */
  get signal(): AbortSignal {
    return (this.aborter ??= this.follow()).signal;
  }

  readonly setTimeout = (timeout: Timeout, key?: string): void => {
    for (const run of this.runsOf(key)) run.setTimeout(timeout);
  };

  readonly setTags = (tags: readonly string[], key?: string): void => {
    for (const run of this.runsOf(key)) run.setTags(tags);
  };

  readonly skip = (key?: string): void => {
    for (const run of this.runsOf(key)) run.skip();
  };

  /** The value is neither stored nor returned to any other caller. */
  readonly keepPrivate = (key: string): void => {
    for (const run of this.runsOf(key)) run.keepPrivate();
  };

  private runsOf(key: string | undefined): Iterable<FactoryRun<T>> {
    if (key === undefined) return this.byKey.values();
    const run = this.byKey.get(key);
    if (!run) throw new TypeError(`${quoted(key)} is not among the keys that are being loaded`);
    return [run];
  }

  private follow(): AbortController {
    const aborter = new AbortController();
    let left = this.byKey.size;
    for (const { signal } of this.byKey.values()) {
      onAbort(signal, () => {
        if (--left === 0) aborter.abort(signal.reason);
      });
    }
    return aborter;
  }
}

const listed = listing<LoadContext<never>>('staleValues', 'signal', 'setTimeout', 'setTags', 'skip');

/** What a loader of the keys of these runs gets. */
export function loadContext<T>(runs: readonly FactoryRun<T>[]): LoadContext<T> {
  return new Proxy(new LoadContext(runs), listed);
}
