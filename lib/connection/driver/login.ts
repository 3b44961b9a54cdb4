import type { Logger } from '@nestjs/common';
import { errorText } from '../../errors/error-text.js';
import { AuthenticationError } from '../../errors/index.js';
import { asked, checkCredentials, type Credentials, type CredentialsProvider } from '../../options/credentials.js';
import { longestTimerMs } from '../../waiting/pause.js';
import { settled } from '../../waiting/settled.js';

/** How much of their life credentials are kept: something in between, so that not all processes ask at once. */
const leastKept = 0.75;
const mostKept = 0.8;
/** So long a connection waits for new credentials that could be made with those there are. */
const patienceMs = 250;
/** Between two attempts to renew what still lives. */
const shortestPauseMs = 50;
const longestPauseMs = 10_000;
/** Connections that live log in anew one by one within so much time. */
const spreadMs = 1000;

interface Settings {
  readonly provider: CredentialsProvider;
  /** Where the provider gives none. */
  readonly username?: string;
  /** How long the provider may take. */
  readonly timeoutMs: number;
  /** What it is for, in messages. */
  readonly whose: string;
}

interface Kept extends Credentials {
  /** By the clock of `Date.now()`. */
  readonly renewAt: number;
  readonly endsAt: number;
}

/**
 * Asks a provider for credentials, once for all connections that need them, and keeps what it gives for most of its
 * life. Then it asks anew, and those that follow it are told.
 */
export class Login {
  // Not by the keyword private: inspection would show the password.
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
   * To be waited for before a connection is made; `undefined` where it can be made at once. After one was lost, what is
   * kept may be of no use any more.
   *
   * @throws AuthenticationError the provider gives none, and there are no others that live
   */
  ready(wasLost: boolean): Promise<void> | undefined {
    const kept = this.#kept;
    if (kept && !wasLost && !this.#isDoubted && Date.now() < kept.renewAt) return undefined;
    return this.#find();
  }

  /** A server has refused them: whoever connects next asks anew. */
  doubt(): void {
    this.#isDoubted = true;
  }

  /** Is told of new credentials, until what this gives is called. */
  follow(renewed: () => void): () => void {
    const follower = (): void => renewed();
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** A server that is connected has refused the new ones; its connection goes on with the old ones. */
  refused(server: string, error: unknown): void {
    this.doubt();
    this.log.warn(`${server} has refused new credentials, trying again: ${this.#textOf(error)}`);
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
    // What comes late is still of use.
    const taken = Promise.resolve()
      .then(this.#ask)
      .then((given) => this.#take(checkCredentials(given), number));
    try {
      if (!(await settled(taken, timeoutMs))) throw new Error(`it did not answer within ${timeoutMs} ms`);
      await taken;
    } catch (error) {
      const reason = this.#textOf(error);
      this.#failed(reason);
      // Not with its cause: a provider may hang anything on its errors.
      throw new AuthenticationError(`the provider of ${whose} has failed: ${reason}`);
    }
  }

  #take(credentials: Credentials, number: number): void {
    if (this.#isClosed || number < this.#lastTaken) return;
    const { username, password, expiresAt } = credentials;
    const last = this.#kept;
    const now = Date.now();
    const endsAt = expiresAt?.getTime() ?? Infinity;
    const share = leastKept + Math.random() * (mostKept - leastKept);
    // Of those that do not say how long they live nobody knows for how long they can be kept.
    const renewAt = expiresAt ? now + (endsAt - now) * share : -Infinity;
    this.#kept = { username, password, renewAt, endsAt };
    this.#lastTaken = number;
    this.#isDoubted = false;
    if (this.#failures > 0 && last) this.log.log(`New ${this.#settings.whose} are there`);
    this.#failures = 0;
    if (expiresAt) this.#renewIn(renewAt - now);
    if (last && (last.password !== password || last.username !== username)) this.#tell(endsAt - renewAt);
  }

  #failed(reason: string): void {
    this.#failures++;
    if (!this.#kept || this.#isClosed) return;
    if (this.#failures === 1) {
      this.log.warn(`No new ${this.#settings.whose}, trying again; the old ones serve as long as they live: ${reason}`);
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

  /** What went wrong, without the password where it is in there. */
  #textOf(error: unknown): string {
    const text = errorText(error);
    return this.password ? text.replaceAll(this.password, '[hidden]') : text;
  }
}
