import { type Engine } from './engine.js';
import { isInSync, roleOf, startReplica } from './replication.js';
import { type RedisServer, startServer } from './server.js';
import { admin } from './server-config.js';
import { startAll, stopAll } from './start-all.js';
import { type Certificates } from './tls.js';
import { waitFor } from './wait-for.js';

export interface SentinelOptions {
  engine: Engine;
  /** The password of primary and replica. */
  password?: string;
  /** The password of the Sentinels. */
  sentinelPassword?: string;
  /** TLS on all five. */
  tls?: Certificates;
  /** More directives for the redis.conf of primary and replica. */
  config?: Record<string, string>;
}

const name = 'mymaster';
const sentinelCount = 3;

// The intervals of a Sentinel in milliseconds; usually 1, 2 or 10 s. With shorter ones, Sentinels find each other
// sooner, and a failover ends sooner. The lower limit is INFO: during a failover they send it to replicas once a
// second, whatever is set here. A replica is not promoted if it has been silent for 5 ping periods, and Sentinels that
// have not heard of a promotion turn it back after 4 publish periods. One that a busy machine kept waiting for 2 s
// usually does nothing for 30 s. A restarted Sentinel has the usual periods again.
const periods = 'ping-period 400 info-period 300 publish-period 500 ask-period 100 tilt-period 1000'.split(' ');

// Milliseconds of silence after which a server counts as gone. On a busy machine a server may be silent for longer than
// the short period, and its Sentinels would promote another one in the middle of a test.
const patience = 10_000;
const impatience = 500;

/** The address of the primary according to a Sentinel. */
const addressAt = (sentinel: RedisServer): Promise<string> => sentinel.cli('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name);

const addressOf = ({ host, port }: RedisServer): string => `${host}\n${port}`;

/** One primary, one replica and three Sentinels that watch them, with a quorum of two. */
export class SentinelDeployment implements AsyncDisposable {
  /** The Sentinels' name for the primary. */
  readonly name = name;

  constructor(
    /** The two servers with the data; either may be the primary. */
    readonly servers: readonly RedisServer[],
    readonly sentinels: readonly RedisServer[],
  ) {}

  /** The primary that every Sentinel names; rejects while they disagree, as during a failover. */
  async primary(): Promise<RedisServer> {
    const answering = this.sentinels.filter((sentinel) => sentinel.isAnswering);
    const addresses = await Promise.all(answering.map(addressAt));
    const [address] = new Set(addresses).size === 1 ? addresses : [];
    const primary = this.servers.find((server) => address === addressOf(server));
    if (!primary) throw new Error(`The Sentinels do not agree on the primary: ${JSON.stringify(addresses)}`);
    return primary;
  }

  async replica(): Promise<RedisServer> {
    const primary = await this.primary();
    return this.servers.find((server) => server !== primary) as RedisServer;
  }

  /** `SENTINEL FAILOVER`: resolves when the replica is the primary; `settled` waits until the old one follows it. */
  async failover(): Promise<void> {
    const replica = await this.replica();
    const [sentinel] = this.sentinels as [RedisServer];
    await waitFor(
      async () => {
        if ((await this.primary()) === replica) return true;
        // Refused during the failover; if it is accepted the second time, the first failover was given up. This
        // Sentinel may be the first to know that it is over: another one would lead back.
        if ((await addressAt(sentinel)) !== addressOf(replica)) await sentinel.cli('SENTINEL', 'FAILOVER', name);
        return false;
      },
      { what: 'the replica to become the primary', every: 50 },
    );
  }

  /** Kills the primary with SIGKILL. The Sentinels notice soon, and promote the replica. */
  async killPrimary(): Promise<void> {
    const primary = await this.primary();
    const soon = ['SENTINEL', 'SET', name, 'down-after-milliseconds', String(impatience)];
    await Promise.all(this.sentinels.map((sentinel) => sentinel.cli(...soon)));
    await primary.kill();
  }

  /** Resolves when the Sentinels know each other and both servers, and the replica is in sync. */
  async settled(): Promise<void> {
    await waitFor(() => this.isSettled(), { what: 'the Sentinels and their replica to be ready', timeout: 20_000 });
  }

  async stop(): Promise<void> {
    await stopAll([...this.sentinels, ...this.servers]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  private async isSettled(): Promise<boolean> {
    const [primary, replica] = await Promise.all([this.primary(), this.replica()]);
    if ((await roleOf(primary)) !== 'primary' || (await roleOf(replica)) !== 'replica') return false;
    const checks = this.sentinels.map((sentinel) => this.knowsAll(sentinel));
    return (await Promise.all([isInSync(replica), ...checks])).every(Boolean);
  }

  private async knowsAll(sentinel: RedisServer): Promise<boolean> {
    const [quorum, replicas] = await Promise.all([
      sentinel.cli('SENTINEL', 'CKQUORUM', name),
      sentinel.cli('SENTINEL', 'REPLICAS', name),
    ]);
    const isFollowing = /^flags\nslave$/m.test(replicas) && /^master-link-status\nok$/m.test(replicas);
    return quorum.startsWith(`OK ${sentinelCount} `) && isFollowing;
  }
}

async function startSentinelServer(options: SentinelOptions, primary: RedisServer): Promise<RedisServer> {
  const { engine, sentinelPassword, tls } = options;
  const sentinel = await startServer({
    engine,
    tls,
    password: sentinelPassword,
    sentinel: true,
    config: {
      'sentinel monitor': `${name} ${primary.host} ${primary.port} 2`,
      'sentinel down-after-milliseconds': `${name} ${patience}`,
      'sentinel failover-timeout': `${name} 2000`,
      'sentinel auth-user': `${name} ${admin.username}`,
      'sentinel auth-pass': `${name} ${admin.password}`,
      'sentinel sentinel-user': admin.username,
      'sentinel sentinel-pass': admin.password,
    },
  });
  await sentinel.cli('SENTINEL', 'DEBUG', ...periods);
  return sentinel;
}

/**
 * Starts a primary, a replica and three Sentinels.
 *
 * @example
 * await using deployment = await startSentinel({ engine: 'redis' });
 * const { name, sentinels } = deployment;
 * new Redis({ name, sentinels: sentinels.map(({ host, port }) => ({ host, port })) });
 */
export async function startSentinel(options: SentinelOptions): Promise<SentinelDeployment> {
  const { engine, password, tls, config } = options;
  const primary = await startServer({ engine, password, tls, config });
  const others = [
    startReplica(primary, { password, tls, config }),
    ...Array.from({ length: sentinelCount }, () => startSentinelServer(options, primary)),
  ];
  const started = await startAll(others).catch(async (error: unknown) => {
    await primary.stop();
    throw error;
  });
  const [replica, ...sentinels] = started as [RedisServer, ...RedisServer[]];
  const deployment = new SentinelDeployment([primary, replica], sentinels);
  try {
    await deployment.settled();
    return deployment;
  } catch (error) {
    await deployment.stop();
    throw error;
  }
}
