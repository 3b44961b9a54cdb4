import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openRedis } from '../../lib/connection/driver/open-redis.js';
import { RedisLink } from '../../lib/connection/links/redis-link.js';
import { ConnectionError } from '../../lib/index.js';
import { QuietLogger } from '../faults/quiet-logger.js';
import { ScriptedServer } from './scripted-server.js';

const mode = vi.hoisted(() => ({ isInside: true }));
vi.mock(import('../../lib/connection/driver/driver-mode.js'), async (original) => ({
  ...(await original()),
  mayLookInside: () => mode.isInside,
}));

const set = { name: 'SET', args: ['key', '1'], access: 'write' } as const;
const info = 'loading:0\r\n';

describe.each([
  ['inside', true],
  ['public', false],
])('a connection that is left just before it is ready, on the %s interface', (_, isInside) => {
  beforeEach(() => void (mode.isInside = isInside));

  /** A client that must leave its server during the driver's first ready check, and still gets the answer. */
  function leaving(server: ScriptedServer, reconnect: boolean) {
    const received: string[] = [];
    let leave = (): void => {
      leave = () => undefined;
      redis.disconnect(reconnect);
    };
    server.answer = (command) => {
      received.push(command.split('\r\n')[2]!.toUpperCase());
      if (received.at(-1) !== 'INFO') return '+OK\r\n';
      leave();
      return `$${info.length}\r\n${info}\r\n`;
    };
    const retryStrategy = () => (reconnect ? 1 : null);
    const redis = openRedis({ options: { ...server.address, protocol: 2, lazyConnect: true, retryStrategy } });
    const link = new RedisLink(redis, new QuietLogger());
    return { link, received };
  }

  it('gets no calls: those that wait for it have done nothing', async () => {
    await using server = await ScriptedServer.start();
    const { link, received } = leaving(server, false);
    const error = await link.send(set).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).message).toMatch(/^no connection to .* now/);
    expect(received).not.toContain('SET');
    await link.close();
  });

  it('leaves its waiting calls to the next connection', async () => {
    await using server = await ScriptedServer.start();
    const { link, received } = leaving(server, true);
    expect(await link.send(set).then(String)).toBe('OK');
    expect(received.filter((name) => name === 'SET')).toHaveLength(1);
    await link.close();
  });
});
