import { type Endpoint, isLoginRefused, isReply, notNow, pauseBefore } from '../connection/index.js';
import { errorText } from '../errors/error-text.js';
import { type Changes, FeedConnection } from './feed-connection.js';

/** How long to leave a server alone that has refused. */
const refusedMs = 60_000;

/** So many attempts in a row may fail without a word, as where a server starts again. */
const silentFailures = 8;

/** Who is told what changes on a server. */
export interface FeedListener {
  onChange(keys: Changes): void;
  /** From here on every change is told. */
  onListening(): void;
  /** Changes may be missed from here on. */
  onSilence(): void;
  /** The server does not let this client listen, or cannot be listened to for a while already. */
  onRefusal(error: unknown): void;
}

/**
 * Has one server tell of every change of a key with a prefix, on a connection that is restored whenever it breaks. When
 * credentials are renewed, another one takes its place as soon as that listens, too.
 */
export class InvalidationFeed {
  // Not by the keyword private: inspection would show the options, with passwords in them.
  readonly #endpoint: Endpoint;
  readonly #closing = new AbortController();
  readonly #stopFollowing: (() => void) | undefined;
  #connection: FeedConnection | undefined;
  #isOpening = false;
  #wasLost = false;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;

  /** @param prefix of the keys; all of them where it is empty */
  constructor(
    endpoint: Endpoint,
    private readonly prefix: string,
    private readonly listener: FeedListener,
  ) {
    this.#endpoint = endpoint;
    this.#stopFollowing = endpoint.login?.follow(() => void this.#open());
    void this.#open();
  }

  /** Which server it is that tells; `undefined` while none does. */
  get runId(): string | undefined {
    return this.#connection?.runId;
  }

  async close(): Promise<void> {
    this.#stopFollowing?.();
    clearTimeout(this.#pause);
    this.#connection = undefined;
    this.#closing.abort();
  }

  /** Opens a connection, which takes the place of the one there is. */
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
