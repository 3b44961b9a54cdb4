import type { Logger } from '@nestjs/common';
import { errorText } from '../../errors/error-text.js';
import { AuthenticationError } from '../../errors/index.js';
import { asked, checkCredentials, type Credentials, type CredentialsProvider } from '../../options/credentials.js';
import { longestTimerMs } from '../../waiting/pause.js';
import { settled } from '../../waiting/settled.js';

/**
 * The share of their life for which credentials are kept: random within these limits, so that not all processes ask at
 * once.
 */
const leastKept = 0.75;
const mostKept = 0.8;
/** A connection waits this long for new credentials if the current ones still work. */
const patienceMs = 250;
/** The pause between two attempts to renew credentials that are still valid. */
const shortestPauseMs = 50;
const longestPauseMs = 10_000;
/** Open connections log in again one by one within this time. */
const spreadMs = 1000;

interface Settings {
  readonly provider: CredentialsProvider;
  /** Used if the provider returns none. */
  readonly username?: string;
  /** The time limit for the provider. */
  readonly timeoutMs: number;
  /** Its name in messages. */
  readonly whose: string;
}

interface Kept extends Credentials {
  /** By the clock of `Date.now()`. */
  readonly renewAt: number;
  readonly endsAt: number;
}

/**
 * Asks a provider for credentials, once for all connections that need them, and keeps them for most of their life. Then
 * it asks again, and notifies its followers.
 */
export class Login {
  // Not `private`: inspection would show the password.
  readonly #settings: Settings;
  readonly #ask: () => unknown;
  readonly #followers = new Set<() => void>();
  #kept: Kept | undefined;
  #asking: Promise<void> | undefined;
  #timesAsked = 0;
  #lastTaken = 0;
  #failures = 0;
  /** A server has refused them. */
  #isDoubted = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    settings: Settings,
    private readonly log: Pick<Logger, 'warn' | 'log'>,
  ) {
    this.#settings = settings;
    this.#ask = asked(settings.provider);
  }

  get username(): string | undefined {
    return this.#kept?.username ?? this.#settings.username;
  }

  get password(): string | undefined {
    return this.#kept?.password;
  }

  /**
   * Awaited before a connection is made; `undefined` if it can be made at once. After a loss, the kept credentials may
   * be useless.
   *
   * @throws AuthenticationError if the provider fails and no other credentials are valid
   */
  ready(wasLost: boolean): Promise<void> | undefined {
    const kept = this.#kept;
    if (kept && !wasLost && !this.#isDoubted && Date.now() < kept.renewAt) return undefined;
    return this.#find();
  }

  /** A server has refused them: the next connection asks again. */
  doubt(): void {
    this.#isDoubted = true;
  }

  /** Calls back on new credentials, until the returned function is called. */
  follow(renewed: () => void): () => void {
    const follower = (): void => renewed();
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** A connected server has refused the new credentials; its connection goes on with the old ones. */
  refused(server: string, error: unknown): void {
    this.doubt();
    this.log.warn(`${server} refused the new credentials, trying again: ${this.#textOf(error)}`);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#followers.clear();
  }

  async #find(): Promise<void> {
    const asking = this.#askOnce();
    if (this.#areAlive) await settled(asking, patienceMs);
    if (!this.#areAlive) await asking;
  }

  get #areAlive(): boolean {
    return this.#kept !== undefined && !this.#isDoubted && Date.now() < this.#kept.endsAt;
  }

  #askOnce(): Promise<void> {
    this.#asking ??= this.#answer().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #answer(): Promise<void> {
    const { timeoutMs, whose } = this.#settings;
    const number = ++this.#timesAsked;
    // A late answer is still useful.
    const taken = Promise.resolve()
      .then(this.#ask)
      .then((given) => this.#take(checkCredentials(given), number));
    try {
      if (!(await settled(taken, timeoutMs))) throw new Error(`it did not answer within ${Math.round(timeoutMs)} ms`);
      await taken;
    } catch (error) {
      const reason = this.#textOf(error);
      this.#failed(reason);
      // Without the cause: a provider may attach anything to its errors.
      throw new AuthenticationError(`the provider of ${whose} failed: ${reason}`);
    }
  }

  #take(credentials: Credentials, number: number): void {
    if (this.#isClosed || number < this.#lastTaken) return;
    const { username, password, expiresAt } = credentials;
    const last = this.#kept;
    const now = Date.now();
    const endsAt = expiresAt?.getTime() ?? Infinity;
    const share = leastKept + Math.random() * (mostKept - leastKept);
    // Credentials without an expiry may become invalid at any time.
    const renewAt = expiresAt ? now + (endsAt - now) * share : -Infinity;
    this.#kept = { username, password, renewAt, endsAt };
    this.#lastTaken = number;
    this.#isDoubted = false;
    if (this.#failures > 0 && last) this.log.log(`Renewed ${this.#settings.whose}`);
    this.#failures = 0;
    if (expiresAt) this.#renewIn(renewAt - now);
    if (last && (last.password !== password || last.username !== username)) this.#tell(endsAt - renewAt);
  }

  #failed(reason: string): void {
    this.#failures++;
    if (!this.#kept || this.#isClosed) return;
    if (this.#failures === 1) {
      const { whose } = this.#settings;
      this.log.warn(`Could not renew ${whose}, trying again; the old ones stay in use until they expire: ${reason}`);
    }
    if (this.#kept.endsAt < Infinity) this.#renewIn(shortestPauseMs * 2 ** this.#failures);
  }

  #renewIn(ms: number): void {
    clearTimeout(this.#timer);
    const pauseMs = this.#failures > 0 ? Math.min(ms, longestPauseMs) : Math.max(ms, shortestPauseMs);
    const renew = (): void => void this.#askOnce().catch(() => undefined);
    this.#timer = setTimeout(renew, Math.min(pauseMs, longestTimerMs)).unref();
  }

  #tell(restMs: number): void {
    const mostMs = Math.min(restMs / 4, spreadMs);
    for (const follower of this.#followers) {
      const tell = (): void => {
        if (this.#followers.has(follower)) follower();
      };
      setTimeout(tell, Math.random() * mostMs).unref();
    }
  }

  /** The error text, without the password if it contains it. */
  #textOf(error: unknown): string {
    const text = errorText(error);
    return this.password ? text.replaceAll(this.password, '[hidden]') : text;
  }
}
