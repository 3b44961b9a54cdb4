import type { RedisOptions } from 'ioredis';
import { changed, type Endpoint } from './endpoint.js';
import { firstAnswer } from './first-answer.js';
import { openRedis } from './open-redis.js';
import { type SlotRange, slotRanges } from './slots-reply.js';

/** After this long without an answer from one node, another is asked as well. */
const slowMs = 200;

/** The nodes to ask. */
export interface SlotsSearchOptions {
  /** The known nodes. */
  known(): readonly Endpoint[];
  /** The initial nodes, in case the others do not answer. */
  given(): Promise<readonly Endpoint[]>;
  readonly timeoutMs: number | undefined;
  onError(error: Error, address: string): void;
}

/** Finds the owners of slots. */
export class SlotsSearch {
  constructor(private readonly options: SlotsSearchOptions) {}

  /** If no node answers, rejects with the error of one. */
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

  /** On a separate connection: others may have broken unnoticed, or be blocked. */
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
      // It lives for one command.
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
      const ranges = slotRanges(await redis.cluster('SLOTS'), host!);
      if (ranges.length === 0) throw new Error('it has no slots');
      return ranges;
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
