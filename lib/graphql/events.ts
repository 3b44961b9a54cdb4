import type { PubSubEngine } from 'graphql-subscriptions';

/** The type of an engine's `asyncIterableIterator`: a class that the package does not export. */
export type EngineIterator<T> = ReturnType<typeof engine.asyncIterableIterator<T>>;
declare const engine: PubSubEngine;

/** The part of an engine in use. */
interface Listening {
  subscribe(trigger: string, onMessage: (payload: never) => unknown): Promise<number>;
  unsubscribe(id: number): Promise<void>;
}

type Result<T> = IteratorResult<T>;

const over: IteratorReturnResult<undefined> = { value: undefined, done: true };

/**
 * The events of triggers, as an iterator. The iterator of `graphql-subscriptions` keeps listening if one of several
 * triggers is refused, and never ends for a client that leaves while it starts.
 */
export class Events<T> implements AsyncIterableIterator<T> {
  readonly #engine: Listening;
  readonly #triggers: readonly string[];
  readonly #events: T[] = [];
  readonly #readers: ((result: Result<T>) => void)[] = [];
  #subscribed: Promise<number[]> | undefined;
  #isOver = false;

  constructor(engine: Listening, triggers: string | readonly string[]) {
    this.#engine = engine;
    this.#triggers = typeof triggers === 'string' ? [triggers] : triggers;
  }

  async next(): Promise<Result<T>> {
    if (this.#isOver) return over;
    await (this.#subscribed ??= this.#subscribe());
    if (this.#isOver) return over;
    if (this.#events.length > 0) return { value: this.#events.shift()!, done: false };
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  async return(): Promise<Result<T>> {
    this.#isOver = true;
    this.#events.length = 0;
    for (const reader of this.#readers.splice(0)) reader(over);
    // A failure to listen has been reported already.
    const ids = await this.#subscribed?.catch(() => []);
    this.#subscribed = undefined;
    await this.#unsubscribe(ids ?? []);
    return over;
  }

  async throw(error: unknown): Promise<never> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** To all triggers, or to none. */
  async #subscribe(): Promise<number[]> {
    const push = (event: T): void => this.#push(event);
    const outcomes = await Promise.allSettled(this.#triggers.map((name) => this.#engine.subscribe(name, push)));
    const ids = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!refused) return ids;
    await this.#unsubscribe(ids);
    throw refused.reason;
  }

  async #unsubscribe(ids: readonly number[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#engine.unsubscribe(id)));
  }

  #push(event: T): void {
    if (this.#isOver) return;
    const reader = this.#readers.shift();
    if (reader) reader({ value: event, done: false });
    else this.#events.push(event);
  }
}
