import { quoted } from '../errors/quoted.js';
import { errorText } from '../errors/error-text.js';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { ConfigError, type ConnectionPool, getConnectionPoolToken, type Timeout } from '../index.js';
import { toMilliseconds } from '../arguments/timeout.js';
import { Deadlines } from '../waiting/deadlines.js';
import { type CachexServerState, serverState } from './server-state.js';

/** What {@link CachexHealthIndicator.isHealthy} checks. @publicApi */
export interface CachexHealthOptions {
  /** The name of the instance, as in `CachexModule.forRoot({ name })`; the default one if omitted. */
  readonly name?: string;
  /**
   * How long the check may take, as everywhere in this library: a number is **seconds**, `'500ms'` says it outright.
   *
   * @default 1 (second)
   */
  readonly timeout?: Timeout;
  /** In bytes; down if a server uses more. */
  readonly maxMemory?: number;
  /** Down if a primary has fewer connected replicas. */
  readonly minReplicas?: number;
}

const known: NamesOf<CachexHealthOptions> = { name: true, timeout: true, maxMemory: true, minReplicas: true };

/**
 * Checks the Redis or Valkey behind a cache, for `@nestjs/terminus`. It asks the servers themselves, whatever
 * `ignoreExceptions` says.
 *
 * @publicApi
 * @example
 * @Controller('health')
 * class HealthController {
 *   constructor(private readonly health: HealthCheckService, private readonly cachex: CachexHealthIndicator) {}
 *
 *   @Get()
 *   @HealthCheck()
 *   check() {
 *     return this.health.check([() => this.cachex.isHealthy('cache', { minReplicas: 1 })]);
 *   }
 * }
 */
@Injectable()
export class CachexHealthIndicator {
  private readonly deadlines = new Deadlines();

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly modules: ModuleRef,
  ) {}

  /**
   * `up` with {@link CachexServerState}; `down` with a `message` if the servers cannot be reached in time, the cluster
   * does not serve all slots, or a limit is exceeded. Redis: `PING`, `INFO`, `CLUSTER INFO`.
   *
   * @param key the name of the check in Terminus' answer
   * @throws ConfigError if there is no such instance
   * @throws TypeError for an option that it does not know, such as `cache`, which is `name` here
   * @example
   * await this.cachex.isHealthy('cache', { timeout: '500ms', maxMemory: 2 * 1024 ** 3 });
   */
  async isHealthy<const Key extends string>(
    key: Key,
    options: CachexHealthOptions = {},
  ): Promise<HealthIndicatorResult<Key>> {
    checkOptions(options, known, 'The options of isHealthy', '{ timeout: 1 }');
    const pool = this.poolOf(options.name);
    const ms = toMilliseconds(options.timeout ?? 1) ?? Infinity;
    const indicator = this.indicators.check(key);
    try {
      const state = await this.deadlines.within(serverState(pool), ms, () => {
        throw new Error(`no answer within ${ms} ms`);
      });
      const message = complaint(state, options);
      return message === undefined ? indicator.up({ ...state }) : indicator.down({ message, ...state });
    } catch (error) {
      return indicator.down({ message: errorText(error) });
    }
  }

  private poolOf(name?: string): ConnectionPool {
    try {
      return this.modules.get<ConnectionPool>(getConnectionPoolToken(name), { strict: false });
    } catch (cause) {
      const which = name === undefined ? 'without a name' : `named ${quoted(name)}`;
      throw new ConfigError(`Cannot check the health: there is no CachexModule ${which}`, { cause });
    }
  }
}

/** What is wrong with servers that do answer. */
function complaint(state: CachexServerState, { maxMemory, minReplicas }: CachexHealthOptions): string | undefined {
  const { clusterState, usedMemory, connectedReplicas } = state;
  if (clusterState === 'fail') return 'the cluster does not serve all of its slots';
  if (maxMemory !== undefined && !((usedMemory ?? NaN) <= maxMemory)) {
    return `used memory is ${usedMemory ?? 'unknown'}, more than ${maxMemory} bytes`;
  }
  if (minReplicas !== undefined && !((connectedReplicas ?? NaN) >= minReplicas)) {
    return `connected replicas are ${connectedReplicas ?? 'unknown'}, fewer than ${minReplicas}`;
  }
  return undefined;
}
