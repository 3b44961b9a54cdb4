import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AuthenticationError, type CachexService, type Credentials } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { openCache } from '../open-cache.js';
import { startCluster } from '../servers/cluster.js';
import { startSentinel } from '../servers/sentinel.js';
import { type RedisServer, startServer } from '../servers/server.js';
import { waitFor } from '../servers/wait-for.js';

const username = 'app';
/** How often the password changes: the second change invalidates the first password. */
const turns = 3;
const rights = ['on', '~*', '&*', '+@all'];

/** A user whose password changes; each password is valid until the change after the next. */
class RotatingUser {
  current = '';
  timesAsked = 0;
  private passwords: string[] = [];

  constructor(
    private readonly servers: readonly RedisServer[],
    private readonly lifeMs?: number,
  ) {}

  readonly give = async (): Promise<Credentials> => {
    this.timesAsked++;
    const expiresAt = this.lifeMs === undefined ? undefined : new Date(Date.now() + this.lifeMs);
    return { username, password: this.current, ...(expiresAt && { expiresAt }) };
  };

  async rotate(): Promise<void> {
    const password = randomUUID();
    await this.onAll([...rights, `>${password}`]);
    this.current = password;
    this.passwords.push(password);
    // A busy machine may log in with a password that it was given a while ago.
    const old = this.passwords.splice(0, this.passwords.length - 4);
    if (old.length > 0) await this.onAll(old.map((each) => `<${each}`));
  }

  /** Removes all passwords except a new one, and cuts the user's connections. */
  async revoke(): Promise<void> {
    this.passwords = [randomUUID()];
    [this.current] = this.passwords as [string];
    await this.onAll(['resetpass', `>${this.current}`]);
    await Promise.all(this.servers.map((server) => server.cli('CLIENT', 'KILL', 'USER', username).catch(() => '')));
  }

  private async onAll(rules: string[]): Promise<void> {
    await Promise.all(this.servers.map((server) => server.cli('ACL', 'SETUSER', username, ...rules)));
  }
}

/** The number of AUTH commands that servers have received, and of those that they have refused. */
async function logins(servers: readonly RedisServer[]): Promise<{ calls: number; refused: number }> {
  const stats = await Promise.all(servers.map((server) => server.cli('INFO', 'commandstats')));
  const sum = (pattern: RegExp): number => stats.reduce((all, text) => all + Number(pattern.exec(text)?.[1] ?? 0), 0);
  return { calls: sum(/cmdstat_auth:calls=(\d+)/), refused: sum(/cmdstat_auth:.*failed_calls=(\d+)/) };
}

/** Calls of every kind over every connection, again and again until they are told to stop, or the test has failed. */
async function load(cache: CachexService, isOver: () => boolean): Promise<{ calls: number; failures: string[] }> {
  const failures: string[] = [];
  let [calls, isFinished] = [0, false];
  onTestFinished(() => void (isFinished = true));
  const ways: ((key: string) => Promise<unknown>)[] = [
    async (key) => expect(await cache.set(key, key)).toBe(true),
    async (key) => {
      await cache.set(key, 1);
      expect(await cache.get(key)).toBe(1);
    },
    async (key) => expect(await cache.pipeline().set(key, 1).get(key).delete(key).execute()).toHaveLength(3),
    async (key) => expect(await cache.pipeline({ transaction: true }).set(key, 1).get(key).execute()).toHaveLength(2),
    async (key) => {
      const [popped] = await Promise.all([cache.blpop([key], 2), cache.rpush(key, 'a')]);
      expect(popped).toEqual([key, 'a']);
    },
    async (key) => await cache.withLock(key, {}, async () => undefined),
  ];
  await Promise.all(
    ways.map(async (way, index) => {
      for (let turn = 0; !isOver() && !isFinished; turn++) {
        calls++;
        await way(`${index}:${turn}`).catch((error: unknown) => failures.push(String(error)));
      }
    }),
  );
  return { calls, failures };
}

interface Deployment {
  readonly connection: Record<string, unknown>;
  readonly servers: readonly RedisServer[];
  /** Deployments with a user of their own. */
  readonly sentinels?: readonly RedisServer[];
  stop(): Promise<unknown>;
}

const addressOf = ({ host, port }: RedisServer) => ({ host, port });

const deployments: Readonly<Record<string, () => Promise<Deployment>>> = {
  standalone: async () => {
    const server = await startServer({ engine: 'redis', password: 'of-nobody' });
    return { connection: addressOf(server), servers: [server], stop: () => server.stop() };
  },
  sentinel: async () => {
    const all = await startSentinel({ engine: 'valkey', password: 'of-nobody', sentinelPassword: 'of-nobody' });
    const connection = { name: all.name, sentinels: all.sentinels.map(addressOf) };
    return { connection, servers: all.servers, sentinels: all.sentinels, stop: () => all.stop() };
  },
  cluster: async () => {
    const cluster = await startCluster({ engine: 'redis', password: 'of-nobody', replicasPerPrimary: 0 });
    const { nodes } = cluster;
    return { connection: { nodes: nodes.map(addressOf) }, servers: nodes, stop: () => cluster.stop() };
  },
};

/** Whether a line of CLIENT LIST is a connection that receives pushes or listens to a channel. */
const isListening = / sub=1 | flags=\w*t/;
const isAsked = /^(?!.*(?: sub=1 | flags=\w*t))/;

describe.each(Object.keys(deployments))('credentials from a provider, on %s', (topology) => {
  let deployment: Deployment;
  beforeAll(async () => void (deployment = await deployments[topology]!()));
  afterAll(() => deployment.stop());

  async function open(user: RotatingUser, options: Record<string, unknown> = {}, logger = new QuietLogger()) {
    const { sentinels } = deployment;
    const ofSentinels = sentinels && new RotatingUser(sentinels, 1000);
    await ofSentinels?.rotate();
    const credentials = { credentials: user.give, ...(ofSentinels && { sentinelCredentials: ofSentinels.give }) };
    const connection = { ...deployment.connection, ...credentials, connect: 'eager', ...options };
    const cache = await openCache({ connection, keyPrefix: randomUUID(), tracking: true } as never, logger);
    return { cache, ofSentinels, logger };
  }

  it('are renewed on all live connections, and no call fails', async () => {
    const user = new RotatingUser(deployment.servers, 1000);
    await user.rotate();
    const { cache, ofSentinels, logger } = await open(user);
    const before = await logins(deployment.servers);
    let isOver = false;
    const loaded = load(cache, () => isOver);
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await Promise.all([user.rotate(), ofSentinels?.rotate()]);
    }
    isOver = true;
    const { calls, failures } = await loaded;
    const after = await logins(deployment.servers);
    await cache.onApplicationShutdown();
    expect([...new Set(failures)].slice(0, 3)).toEqual([]);
    expect(calls).toBeGreaterThan(100);
    expect(after.refused - before.refused).toBe(0);
    // In each turn the shared connection and the blocking one, besides the administrator.
    expect(after.calls - before.calls).toBeGreaterThan(2 * turns);
    expect(logger.lines).toEqual([]);
  });

  it('are renewed on shared, blocking and listening connections while nothing is sent', async () => {
    const user = new RotatingUser(deployment.servers, 1000);
    await user.rotate();
    const { cache } = await open(user, { credentials: { get: user.give } });
    await Promise.all([cache.rpush('a', 1), cache.blpop(['a'], 1)]);
    const connections = async (kind: RegExp): Promise<string[]> => {
      const lists = await Promise.all(deployment.servers.map((server) => server.cli('CLIENT', 'LIST')));
      return lists.flatMap((list) => list.split('\n').filter((line) => /user=app /.test(line) && kind.test(line)));
    };
    const listening = async (): Promise<string[]> =>
      (await connections(isListening)).map((line) => /id=\d+ addr=\S+/.exec(line)![0]);
    await waitFor(async () => (await listening()).length > 0, { what: 'connections to listen' });
    const before = await listening();
    await user.rotate();
    await waitFor(async () => (await connections(isAsked)).every((line) => line.includes(' cmd=auth ')), {
      what: 'all connections to have logged in anew',
    });
    expect((await connections(isAsked)).length).toBeGreaterThan(1);
    const isReplaced = (now: readonly string[]): boolean =>
      now.length > 0 && !before.some((each) => now.includes(each));
    await waitFor(async () => isReplaced(await listening()), { what: 'those that listen to be replaced' });
    await cache.onApplicationShutdown();
  });

  it('are asked for again after they were revoked and the connections killed', async () => {
    const user = new RotatingUser(deployment.servers, 60_000);
    await user.rotate();
    const { cache } = await open(user);
    await cache.set('a', 1);
    const asked = user.timesAsked;
    await user.revoke();
    await waitFor(() => cache.set('a', 2), { what: 'the connection to be back', every: 5 });
    expect(user.timesAsked).toBeGreaterThan(asked);
    await cache.onApplicationShutdown();
  });

  it('that hang, fail or are garbage leave the valid ones in use', async () => {
    const user = new RotatingUser(deployment.servers, 1500);
    await user.rotate();
    let give: () => unknown = user.give;
    const provider = async () => (await give()) as Credentials;
    const { cache, logger } = await open(user, { credentials: provider, connectTimeout: '300ms' });
    give = () => Promise.reject(new Error(`no token: ${user.current}`));
    await waitFor(() => logger.lines.length > 0, { what: 'the trouble to be told' });
    expect(await cache.set('a', 1)).toBe(true);
    give = () => new Promise(() => undefined);
    expect(await cache.set('a', 2)).toBe(true);
    expect(logger.lines).toEqual([expect.stringContaining('Could not renew credentials, trying again')]);
    expect(logger.lines.join()).not.toContain(user.current);
    // The credentials have expired: new connections cannot log in.
    for (const garbage of [null, {}, { password: 5 }, { password: '' }, { password: 'a', expiresAt: new Date(0) }]) {
      give = () => garbage;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await Promise.all(deployment.servers.map((server) => server.cli('CLIENT', 'KILL', 'USER', username)));
    await waitFor(
      () =>
        cache.get('b').then(
          () => false,
          (error) => error instanceof AuthenticationError,
        ),
      {
        what: 'calls to say that there are no credentials',
      },
    );
    give = user.give;
    await waitFor(() => cache.set('a', 3), { what: 'the connection to be back' });
    await cache.onApplicationShutdown();
  });

  it('fail an eager start with AuthenticationError if the provider has none', async () => {
    const user = new RotatingUser(deployment.servers);
    const failing = open(user, { credentials: () => Promise.reject(new Error('no identity')) });
    await expect(failing).rejects.toThrow(AuthenticationError);
    await expect(failing).rejects.toThrow('no identity');
    const never = () => new Promise<never>(() => undefined);
    const hanging = open(user, { credentials: never, connectTimeout: '2s' });
    await expect(hanging).rejects.toThrow(/the provider of credentials failed: it did not answer/);
  });

  it('are not in anything that can be printed', async () => {
    const user = new RotatingUser(deployment.servers);
    await user.rotate();
    const { cache } = await open(user);
    expect(inspect(cache, { depth: 20, showHidden: true })).not.toContain(user.current);
    await cache.onApplicationShutdown();
  });
});

it('credentials that change serve the new primary after a failover', async () => {
  await using all = await startSentinel({ engine: 'redis', password: 'of-nobody' });
  const user = new RotatingUser(all.servers, 1000);
  await user.rotate();
  const connection = { name: all.name, sentinels: all.sentinels.map(addressOf), credentials: user.give };
  const cache = await openCache({ connection, keyPrefix: randomUUID() }, new QuietLogger());
  let isOver = false;
  const loaded = load(cache, () => isOver);
  await user.rotate();
  const failover = all.failover();
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await user.rotate();
  }
  await failover;
  await waitFor(() => cache.set('a', 1), { what: 'the new primary to serve' });
  isOver = true;
  const { failures } = await loaded;
  expect(failures.filter((failure) => failure.startsWith('AuthenticationError'))).toEqual([]);
  await cache.onApplicationShutdown();
});
