import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../lib/index.js';
import { checkDriver } from '../../lib/connection/driver/probe/driver-check.js';
import { logIn } from '../../lib/connection/driver/log-in.js';
import { Login } from '../../lib/connection/driver/login.js';
import { openRedis } from '../../lib/connection/driver/open-redis.js';
import { startServer } from '../servers/server.js';

describe('a client that waits for credentials', () => {
  it('stops waiting as soon as it is disconnected', async () => {
    const provider = () => Promise.reject(new Error('no secrets today'));
    const login = new Login({ provider, timeoutMs: 1000, whose: 'credentials' }, new Logger('Cachex'));
    // Longer than the test may take.
    const redis = new Redis({ host: '127.0.0.1', port: 1, lazyConnect: true, retryStrategy: () => 600_000 });
    logIn(redis, { login });
    const connecting = redis.connect();
    await once(redis, 'error').catch(() => undefined);
    redis.disconnect();
    await expect(connecting).rejects.toThrow('Connection is closed.');
    login.close();
  });

  it('accepts commands meanwhile, or refuses them; none is lost', async () => {
    let give!: (credentials: Credentials) => void;
    const given = new Promise<Credentials>((resolve) => (give = resolve));
    const logger = new Logger('Cachex');
    const login = new Login({ provider: () => given, timeoutMs: 60_000, whose: 'credentials' }, logger);
    await checkDriver('standalone', logger);
    await using server = await startServer({ engine: 'redis', password: 'a secret' });
    const options = { host: server.host, port: server.port, lazyConnect: true, commandTimeout: 2_000 };
    const redis = openRedis({ options, login });
    const reply = redis.get('k').catch((error: Error) => error.message);
    give({ password: 'a secret' });
    await once(redis, 'ready');
    expect([null, "Stream isn't writeable and enableOfflineQueue options is false"]).toContain(await reply);
    expect(await redis.get('k')).toBe(null);
    redis.disconnect();
    login.close();
  });
});
