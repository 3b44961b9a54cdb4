import { type Endpoint, isLoginRefused, isReply, pauseBefore } from '../connection/index.js';
import { notNow } from '../wire/server-errors.js';
import { errorText } from '../errors/error-text.js';
import { type Changes, FeedConnection } from './feed-connection.js';

/** How long to wait before asking again a server that has refused. */
const refusedMs = 60_000;

/** This many attempts in a row may fail silently, as when a server restarts. */
const silentFailures = 8;

/** Receives the changes on a server. */
export interface FeedListener {
  onChange(keys: Changes): void;
  /** From here on every change is reported. */
  onListening(): void;
  /** Changes may be missed from here on. */
  onSilence(): void;
  /** The server does not allow this client to listen, or has been unreachable for a while. */
  onRefusal(error: unknown): void;
}

/**
 * Reports every change of a key with a prefix on one server, over a connection that is restored whenever it breaks.
 * When credentials are renewed, a new connection replaces it as soon as that one listens, too.
 */
export class InvalidationFeed {
  // Not `private`: inspection would show the options, including passwords.
  readonly #endpoint: Endpoint;
  readonly #closing = new AbortController();
  readonly #stopFollowing: (() => void) | undefined;
  #connection: FeedConnection | undefined;
  #isOpening = false;
  #wasLost = false;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;

  /** @param prefix of the keys; empty for all keys */
  constructor(
    endpoint: Endpoint,
    private readonly prefix: string,
    private readonly listener: FeedListener,
  ) {
    this.#endpoint = endpoint;
    this.#stopFollowing = endpoint.login?.follow(() => void this.#open());
    void this.#open();
  }

  /** The server that reports; `undefined` while none does. */
  get runId(): string | undefined {
    return this.#connection?.runId;
  }

  async close(): Promise<void> {
    this.#stopFollowing?.();
    clearTimeout(this.#pause);
    this.#connection = undefined;
    this.#closing.abort();
  }

  /** Opens a connection that replaces the current one. */
  async #open(): Promise<void> {
    const { signal } = this.#closing;
    if (this.#isOpening || signal.aborted) return;
    this.#isOpening = true;
    clearTimeout(this.#pause);
    try {
      const onChange = (keys: Changes): void => this.listener.onChange(keys);
      const settings = { prefix: this.prefix, onChange, wasLost: this.#wasLost, signal };
      this.#take(await FeedConnection.open(this.#endpoint, settings));
    } catch (error) {
      this.#openLater(error);
    } finally {
      this.#isOpening = false;
    }
  }

  #take(connection: FeedConnection): void {
    if (this.#closing.signal.aborted) return;
    const old = this.#connection;
    this.#connection = connection;
    this.#wasLost = false;
    this.#failures = 0;
    old?.end();
    void connection.ended.then(() => this.#lost(connection));
    this.listener.onListening();
  }

  #lost(connection: FeedConnection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#wasLost = true;
    this.listener.onSilence();
    this.#openIn(pauseBefore(1));
  }

  #openLater(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    // While there is a connection, nothing is lost.
    const isRefused = !this.#connection && isReply(error) && !isLoginRefused(error) && !notNow.test(errorText(error));
    const pauseMs = isRefused ? refusedMs : pauseBefore(++this.#failures);
    this.#openIn(pauseMs);
    if (isRefused || (!this.#connection && this.#failures === silentFailures)) this.listener.onRefusal(error);
  }

  #openIn(ms: number): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#open(), ms).unref();
  }
}
