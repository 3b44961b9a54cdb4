import type { CachexService } from '../cachex.service.js';
import type { MappingOf } from '../arguments/mapping.js';
import type { ConnectionPool } from '../wire/connection-pool.js';
import { ConnectionError } from '../errors/index.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { TestClock } from './test-clock.js';
import { type SentCommand, TestServer } from './test-server.js';
import { TestingPool } from './testing-pool.js';

/**
 * What a test does to a cache beside using it: turns its clock, fills it, looks at what was sent, lets calls fail.
 *
 * @publicApi
 * @example
 * // An application as it is, on the embedded engine:
 * const testing = new CachexTesting();
 * const app = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(getConnectionPoolToken())
 *   .useValue(testing.pool)
 *   .compile();
 */
export class CachexTesting {
  /** The time of the engine; TTLs and leases follow it. Timers of the process are your test runner's. */
  readonly clock = new TestClock();
  /** @internal */
  readonly server = new TestServer(this.clock);
  /** Takes the place of an application's connection pool. */
  readonly pool: ConnectionPool = new TestingPool(this.server);

  /** Every command sent since the start, or since {@link forget}. */
  get commands(): readonly SentCommand[] {
    return this.server.sent;
  }

  /** Starts `commands` anew. */
  forget(): void {
    this.server.sent.length = 0;
  }

  /** Stores values that never expire, and forgets that it did. */
  async seed<M extends object>(cache: CachexService, values: MappingOf<M, string, unknown>): Promise<void> {
    await cache.setMany(values, { timeout: null });
    this.forget();
  }

  /**
   * Lets the next calls fail, by default as if the server were away; a pipeline is one call.
   *
   * @example
   * testing.failNext(2);
   * testing.failNext(1, new ReadOnlyError('…'));
   */
  failNext(times = 1, error: Error = new ConnectionError('no connection, as the test wants it')): void {
    this.server.fail(error, times);
  }

  /** Lets the next calls take so long (seconds, or a duration) before they are answered. */
  delayNext(by: Exclude<Timeout, null>, times = 1): void {
    this.server.delay(toMilliseconds(by, 'by') ?? 0, times);
  }

  /** Takes back what {@link failNext} and {@link delayNext} have not done yet. */
  heal(): void {
    this.server.heal();
  }
}
