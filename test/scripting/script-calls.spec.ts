import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { type ConnectionPool, resolveOptions, type ServerNode, type WireCommand } from '../../lib/index.js';

/** Writes down what would be sent. */
function recorder(servers: number): { pool: ConnectionPool; sent: string[] } {
  const sent: string[] = [];
  const record = async (commands: readonly WireCommand[]): Promise<unknown[]> => {
    sent.push(...commands.map(({ name }) => name));
    return commands.map(() => 1);
  };
  const send = (name: string): Promise<unknown> => {
    sent.push(name);
    return name === 'EVALSHA' ? Promise.reject(new Error('NOSCRIPT No matching script.')) : Promise.resolve(1);
  };
  const node: ServerNode = { send, sendAll: record };
  const primaries = (): ServerNode[] => Array.from({ length: servers }, () => node);
  return { sent, pool: { send, sendAll: record, transaction: record, primaries } as Partial<ConnectionPool> as never };
}

function open(servers: number) {
  const { pool, sent } = recorder(servers);
  const cache = createService(resolveOptions({ connection: 'memory://' }), pool, new Logger());
  return {
    cache,
    sent,
    script: cache.registerScript('one', 'return 1'),
    other: cache.registerScript('two', 'return 2'),
  };
}

describe('what goes over the wire for a script', () => {
  it('its digest, and its source where the server does not know it', async () => {
    const { cache, sent, script } = open(1);
    expect(await cache.evalScript(script)).toBe(1);
    expect(sent).toEqual(['EVALSHA', 'EVAL']);
  });

  it('in a pipeline its source once for one server, its digest after that', async () => {
    const { cache, sent, script, other } = open(1);
    await cache
      .pipeline()
      .evalScript(script)
      .llen('k')
      .evalScript(script)
      .evalScript(other)
      .evalScript(other)
      .execute();
    expect(sent).toEqual(['EVAL', 'LLEN', 'EVALSHA', 'EVAL', 'EVALSHA']);
  });

  it('in a pipeline over several servers its source, for each of them may not know it', async () => {
    const { cache, sent, script } = open(3);
    await cache.pipeline().evalScript(script, ['a']).evalScript(script, ['b']).execute();
    expect(sent).toEqual(['EVAL', 'EVAL']);
  });
});
