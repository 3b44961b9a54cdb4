import { ReplyError } from 'ioredis';
import { type MockInstance, vi } from 'vitest';
import { PlainConnection } from '../../lib/connection/driver/plain-connection.js';
import type { RedisServer } from '../servers/server.js';

/** The protocols by which servers report changes, each with the options that make servers use it. */
export const ways = [
  { way: 'RESP3', config: {} },
  { way: 'RESP2', config: { 'rename-command': 'HELLO ""' } },
] as const;

/** Makes any server look as if it did not know RESP3. */
export function withoutHello(): MockInstance {
  const { call } = PlainConnection.prototype;
  return vi.spyOn(PlainConnection.prototype, 'call').mockImplementation(function (this: PlainConnection, ...args) {
    if (args[0] === 'HELLO') return Promise.reject(new ReplyError("ERR unknown command 'HELLO'") as Error);
    return call.apply(this, args);
  });
}

/** The connections over which a server reports changes, a line each. */
export async function feedsOf(server: RedisServer): Promise<string[]> {
  const lines = (await server.cli('CLIENT', 'LIST')).split('\n');
  return lines.filter((line) => / flags=\w*t/.test(line));
}

/** Ends these connections, and no others. */
export async function killFeeds(server: RedisServer): Promise<void> {
  const ids = (await feedsOf(server)).map((line) => /\bid=(\d+)/.exec(line)![1]!);
  await Promise.all(ids.map((id) => server.cli('CLIENT', 'KILL', 'ID', id)));
}
