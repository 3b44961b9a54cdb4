import type { Place } from '../arguments/scope.js';
import { countArgument } from '../arguments/arguments.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { checkShare, type LockOptions, type SemaphoreOptions, resolveLock } from './claim-options.js';
import { Holdings } from './holdings.js';
import { Instants } from './instants.js';
import { KeptAnswer } from './kept-answer.js';
import { CachexLeader, type LeaderOptions } from './leader.js';
import { CachexLock } from './lock.js';
import { LockResource } from './lock-resource.js';
import { ownKeys, type OwnKeys } from './own-keys.js';
import { CachexReadWriteLock } from './read-write-lock.js';
import type { Resource } from './resource.js';
import { CachexSemaphore } from './semaphore.js';
import { SemaphoreResource, type Share } from './semaphore-resource.js';
import { WakeUps } from './wake-ups.js';

/** The locks and semaphores of one cache. */
export class Locking {
  readonly instants: Instants;
  private readonly holdings: Holdings;
  private readonly channels: string;

  constructor(
    private readonly executor: CommandExecutor,
    commandTimeoutMs: number,
  ) {
    this.instants = new Instants(executor);
    this.channels = executor.ownName('wake', '');
    this.holdings = new Holdings(new WakeUps(executor.pool, this.channels), commandTimeoutMs);
  }

  /** The prefix of the tokens of all holders in this process. */
  get instance(): string {
    return this.holdings.wakeUps.instance;
  }

  lock(names: string | readonly string[], version: Place, options: LockOptions): CachexLock {
    const keys = namesOf(names).map((name) => ownKeys(this.executor, 'lock', name, version));
    return this.handle(new LockResource(this.executor, this.channels, 'Lock', keys), options);
  }

  /** A lock for optional coordination: nobody sees its fencing tokens, or waits long for Redis. */
  dispensableLock(name: string, version: Place, options: LockOptions): CachexLock {
    const keys = [ownKeys(this.executor, 'lock', name, version)];
    const resource = new LockResource(this.executor, this.channels, 'Lock', keys, false);
    return new CachexLock(resource, { ...resolveLock(options), isPatient: false }, this.holdings);
  }

  /** The lock of a leader, separate from locks of the same name. */
  leader(name: string, version: Place, options: LeaderOptions): CachexLeader {
    const timeout: unknown = options.timeout;
    if (timeout === null)
      throw new RangeError('timeout must be finite: after a crash of the leader, no other process could lead');
    const keys = [ownKeys(this.executor, 'leader', name, version)];
    const resource = new LockResource(this.executor, this.channels, 'Leadership', keys);
    return new CachexLeader(name, this.handle(resource, { ...options, autoExtend: true }), this.holdings);
  }

  /** A lock for work that is done once under a name, and the place of its answer. */
  idempotency(name: string, version: Place, options: LockOptions): { lock: CachexLock; kept: KeptAnswer } {
    const keys = ownKeys(this.executor, 'idem', name, version);
    const resource = new LockResource(this.executor, this.channels, 'Idempotent request', [keys]);
    return {
      lock: this.handle(resource, { ...options, autoExtend: true }),
      kept: new KeptAnswer(this.executor, keys('answer')),
    };
  }

  semaphore(name: string, version: Place, capacity: number, options: SemaphoreOptions): CachexSemaphore {
    const weight = checkShare(countArgument(capacity, 'capacity', 1), options.weight);
    const keys = ownKeys(this.executor, 'sem', name, version);
    const resource = this.shared('Semaphore', keys, { capacity, weight });
    return new CachexSemaphore(resource, resolveLock(options), this.holdings);
  }

  readWriteLock(name: string, version: Place, options: LockOptions): CachexReadWriteLock {
    const keys = ownKeys(this.executor, 'rw', name, version);
    const resolved = resolveLock(options);
    return new CachexReadWriteLock(name, (kind, share) => {
      return new CachexLock(this.shared(`${kind} lock`, keys, share), resolved, this.holdings);
    });
  }

  /** Releases everything that is held, and ends all waits. */
  close(): Promise<void> {
    return this.holdings.close();
  }

  private handle(resource: Resource, options: LockOptions): CachexLock {
    return new CachexLock(resource, resolveLock(options), this.holdings);
  }

  private shared(kind: string, keys: OwnKeys, share: Share): SemaphoreResource {
    return new SemaphoreResource(this.executor, this.channels, kind, keys, share);
  }
}

/** One script takes them all, while the server does nothing else; and Lua refuses some thousands. */
const mostNames = 1000;

/** Each name once, in the same order for every caller. */
function namesOf(names: string | readonly string[]): readonly string[] {
  if (!isList(names)) return [names];
  if (names.length === 0) throw new TypeError('A lock of several names must have at least one');
  if (names.length > mostNames) {
    throw new RangeError(
      `A lock of several names can have ${mostNames} at most, not ${names.length}: lock their group by one name`,
    );
  }
  return names.length === 1 ? names : [...new Set(names)].sort();
}

const isList = (names: string | readonly string[]): names is readonly string[] => Array.isArray(names);
