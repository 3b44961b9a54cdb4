import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { describe } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { Timeout } from '../arguments/timeout.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { LockError } from '../errors/index.js';
import { errorText } from '../errors/error-text.js';
import { quoted } from '../errors/quoted.js';
import { onAbort } from '../waiting/on-abort.js';
import { pause } from '../waiting/pause.js';
import type { Holder, Holdings } from './holdings.js';
import { isPassing } from './is-passing.js';
import type { CachexLock } from './lock.js';

/** How a process leads. @publicApi */
export interface LeaderOptions extends VersionOption {
  /** Length of the lease, renewed at each third of it: after a crash, nobody leads for at most this long (30 s). */
  readonly timeout?: Exclude<Timeout, null>;
}

export const leaderNames: NamesOf<LeaderOptions> = { ...versionNames, timeout: true };

/** The events of a {@link CachexLeader}. @publicApi */
export interface LeaderEvents {
  /** This process leads from now on. */
  elected: [];
  /** It no longer leads; the reason is an error unless it has stopped by itself. */
  deposed: [reason: unknown];
}

/** Pause between two tries if Redis refuses, or is away for long. */
const retryMs = 1000;

/**
 * Campaigns for leadership of a name until it is stopped: of all processes that do, one leads at a time. Created by
 * {@link CachexService.leader}.
 *
 * @publicApi
 * @example
 * const leader = cache.leader('outbox', { timeout: '10s' });
 * leader.on('elected', () => relay(leader.signal));
 */
export class CachexLeader extends EventEmitter<LeaderEvents> implements AsyncDisposable, Holder {
  private readonly stopping = new AbortController();
  /** For the time that it leads. */
  private reign: AbortController | undefined;
  private readonly campaign: Promise<void>;
  private lastTrouble: string | undefined;

  /** @internal */
  constructor(
    /** What it asks to lead. */
    readonly name: string,
    private readonly lock: CachexLock,
    private readonly holdings: Holdings,
  ) {
    super();
    holdings.checkOpen({ title: `Leadership ${quoted(name)}` });
    holdings.enter(this);
    this.campaign = this.run();
  }

  /** Whether this process leads, as far as it knows. */
  get isLeader(): boolean {
    return this.reign !== undefined;
  }

  /**
   * The signal of the current term: aborts as soon as the process no longer leads, or cannot tell. `undefined` while it
   * does not lead.
   */
  get signal(): AbortSignal | undefined {
    return this.reign?.signal;
  }

  /** Grows with every election of this name, in any process; see {@link CachexLock.fencingToken}. */
  get fencingToken(): number | undefined {
    return this.lock.fencingToken;
  }

  /**
   * Waits until this process leads, runs the function, and stops in any case.
   *
   * @throws LockNotOwnedError if leadership was lost before the function ended
   * @throws LockError if it was stopped before it led
   * @example
   * await cache.leader('migration').using(({ signal }) => migrate({ signal }));
   */
  async using<T>(fn: (leader: this) => T | Promise<T>): Promise<T> {
    try {
      if (typeof fn !== 'function') {
        throw new TypeError(`Leadership ${quoted(this.name)}: expected a function to run, not ${describe(fn)}`);
      }
      let signal: AbortSignal | undefined;
      while (!(signal = this.signal)) await this.nextElection();
      const result = await fn(this);
      signal.throwIfAborted();
      return result;
    } finally {
      await this.stop();
    }
  }

  /**
   * Gives up leadership and stops campaigning. The `signal` of the current term aborts first.
   *
   * @example
   * await leader.stop(); // another process is elected at once
   */
  async stop(): Promise<void> {
    this.stopping.abort(new LockError(`Leadership ${quoted(this.name)} was given up`));
    await this.campaign;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** @internal */
  async giveUp(): Promise<void> {
    await this.stop();
  }

  /** The current state. */
  toJSON(): object {
    return { name: this.name, isLeader: this.isLeader };
  }

  [inspect.custom](): string {
    return `CachexLeader ${inspect(this.toJSON())}`;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        if (await this.lock.acquire({ signal })) await this.lead();
        this.lastTrouble = undefined;
      } catch (error) {
        if (signal.aborted) break;
        this.tell(error);
        await pause(retryMs, signal);
      }
    }
    this.holdings.leave(this);
  }

  private async lead(): Promise<void> {
    const reign = (this.reign = new AbortController());
    let isKnown = false;
    // Separately, so that a listener that throws does not end the campaign. A term that has ended meanwhile, as after a
    // standstill, is not announced: its listener would work without a signal.
    process.nextTick(() => {
      if (this.reign !== reign) return;
      isKnown = true;
      this.emit('elected');
    });
    const { signal: held } = this.lock;
    const stopped = this.stopping.signal;
    await new Promise<void>((resolve) => {
      if (held.aborted || stopped.aborted) return resolve();
      const ends = [held, stopped].map((signal) => onAbort(signal, end));
      function end(): void {
        for (const forget of ends) forget();
        resolve();
      }
    });
    this.reign = undefined;
    const reason: unknown = held.aborted ? held.reason : stopped.reason;
    reign.abort(reason);
    if (isKnown) process.nextTick(() => this.emit('deposed', reason));
    await this.lock.release().catch(() => undefined);
  }

  private nextElection(): Promise<void> {
    const { signal } = this.stopping;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const forget = onAbort(signal, () => reject(signal.reason));
      this.once('elected', () => {
        forget();
        resolve();
      });
    });
  }

  /** Logs an error that does not pass by itself, once. */
  private tell(error: unknown): void {
    const text = errorText(error);
    if (isPassing(error) || text === this.lastTrouble) return;
    this.lastTrouble = text;
    new Logger('Cachex').warn(
      `Could not campaign for leadership ${quoted(this.name)}, trying again every second: ${text}`,
    );
  }
}
