import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { logIn } from '../../lib/connection/driver/log-in.js';
import { Login } from '../../lib/connection/driver/login.js';

describe('a client that waits for credentials', () => {
  it('stops to wait as soon as it is disconnected', async () => {
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
});
