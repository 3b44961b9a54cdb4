import type { RedisOptions } from 'ioredis';
import { changed, type Endpoint } from './endpoint.js';
import { firstAnswer } from './first-answer.js';
import { openRedis } from './open-redis.js';
import { type SlotRange, slotRanges, type SlotsReply } from './slots-reply.js';

/** So long one node is waited for alone that is asked for the slots; then another one is asked beside it. */
const slowMs = 200;

/** Whom to ask. */
export interface SlotsSearchOptions {
  /** The nodes that are known. */
  known(): readonly Endpoint[];
  /** The nodes to begin with, where the others do not answer. */
  given(): Promise<readonly Endpoint[]>;
  readonly timeoutMs: number | undefined;
  onError(error: Error, address: string): void;
}

/** Finds out who has which slots. */
export class SlotsSearch {
  constructor(private readonly options: SlotsSearchOptions) {}

  /** Rejects with what a node has said, where none tells. */
  async find(): Promise<SlotRange[]> {
    const found = new AbortController();
    const known = this.options.known();
    const askEach = (nodes: readonly Endpoint[]): Promise<SlotRange[]> =>
      firstAnswer(
        shuffled(nodes).map((node) => (signal) => this.ask(node, signal)),
        slowMs,
        found.signal,
      );
    try {
      const lanes = [async () => askEach(await this.others(known))];
      if (known.length > 0) lanes.unshift(async () => askEach(known));
      return await firstAnswer(lanes, slowMs, found.signal);
    } finally {
      found.abort();
    }
  }

  private async others(known: readonly Endpoint[]): Promise<Endpoint[]> {
    const isKnown = ({ options: { host, port } }: Endpoint): boolean =>
      known.some(({ options }) => options.host === host && options.port === port);
    return (await this.options.given()).filter((each) => !isKnown(each));
  }

  /** On a connection of its own: another one may have broken without anybody's notice, or wait. */
  private async ask(node: Endpoint, signal: AbortSignal): Promise<SlotRange[]> {
    const alone: RedisOptions = {
      lazyConnect: true,
      enableOfflineQueue: true,
      enableReadyCheck: false,
      readOnly: false,
      retryStrategy: () => null,
      protocol: 2,
      commandTimeout: this.options.timeoutMs,
      connectionName: 'refresher',
      // It lives for one question.
      disableClientInfo: true,
    };
    const redis = openRedis(changed(node, alone));
    const { host, port } = node.options;
    const end = (): void => redis.disconnect();
    signal.addEventListener('abort', end);
    let trouble: Error | undefined;
    redis.on('error', (error: Error) => (trouble = error));
    try {
      await redis.connect();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver types every reply of CLUSTER as text; `slotRanges` reads it
      const reply = (await redis.cluster('SLOTS')) as unknown as SlotsReply;
      if (reply.length === 0) throw new Error('it has no slots');
      return slotRanges(reply, host!);
    } catch (error) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver rejects with errors only
      const reason = trouble ?? (error as Error);
      if (!signal.aborted) this.options.onError(reason, `${host}:${port}`);
      throw reason;
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
