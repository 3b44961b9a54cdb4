import type { CachexService } from '../cachex.service.js';
import type { MappingOf } from '../arguments/mapping.js';
import type { ConnectionPool } from '../wire/connection-pool.js';
import { ConnectionError } from '../errors/index.js';
import { type Timeout, toMilliseconds } from '../arguments/timeout.js';
import { TestClock } from './test-clock.js';
import { type SentCommand, TestServer } from './test-server.js';
import { TestingPool } from './testing-pool.js';

/**
 * Controls a cache in a test: advances its clock, fills it, inspects the commands sent, makes calls fail.
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
  /** The clock of the engine; TTLs and leases follow it. Timers of the process are up to your test runner. */
  readonly clock = new TestClock();
  /** @internal */
  readonly server = new TestServer(this.clock);
  /** Replaces an application's connection pool. */
  readonly pool: ConnectionPool = new TestingPool(this.server);

  /** Every command sent since the start, or since {@link forget}. */
  get commands(): readonly SentCommand[] {
    return this.server.sent;
  }

  /**
   * Empties {@link commands}.
   *
   * @example
   * testing.forget();
   * await users.find('1');
   * expect(testing.commands.map(({ name }) => name)).toEqual(['GET']);
   */
  forget(): void {
    this.server.sent.length = 0;
  }

  /**
   * Stores values that never expire, and empties {@link commands}.
   *
   * @example
   * await testing.seed(cache, { 'user:1': { name: 'Ada' } });
   */
  async seed<M extends object>(cache: CachexService, values: MappingOf<M, string, unknown>): Promise<void> {
    await cache.setMany(values, { timeout: null });
    this.forget();
  }

  /**
   * Makes the next calls fail, by default as if the server were away; a pipeline is one call.
   *
   * @example
   * testing.failNext(2);
   * testing.failNext(1, new ReadOnlyError('…'));
   */
  failNext(times = 1, error: Error = new ConnectionError('no connection (simulated by the test)')): void {
    this.server.fail(error, times);
  }

  /**
   * Delays the answers to the next calls by that long: seconds, or a duration.
   *
   * @example
   * testing.delayNext('3s'); // longer than the softTimeout under test
   */
  delayNext(by: Exclude<Timeout, null>, times = 1): void {
    this.server.delay(toMilliseconds(by, 'by') ?? 0, times);
  }

  /**
   * Cancels the failures and delays that have not happened yet.
   *
   * @example
   * testing.failNext(1000);
   * await expect(cache.get('user:1')).rejects.toThrow(ConnectionError);
   * testing.heal();
   */
  heal(): void {
    this.server.heal();
  }
}
