import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { type ConnectionPool, resolveOptions, type WireCommand } from '../../lib/index.js';

/** Writes down what would be sent. */
function recorder(slotOf: ConnectionPool['slotOf']): { pool: ConnectionPool; sent: string[] } {
  const sent: string[] = [];
  const record = async (commands: readonly WireCommand[]): Promise<unknown[]> => {
    sent.push(...commands.map(({ name }) => name));
    return commands.map(() => 1);
  };
  const send = ({ name }: WireCommand): Promise<unknown> => {
    sent.push(name);
    return name === 'EVALSHA' ? Promise.reject(new Error('NOSCRIPT No matching script.')) : Promise.resolve(1);
  };
  const pool: Partial<ConnectionPool> = { send, sendAll: record, transaction: record, slotOf };
  return { sent, pool: pool as ConnectionPool };
}

function open(slotOf?: ConnectionPool['slotOf']) {
  const { pool, sent } = recorder(slotOf);
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
    const { cache, sent, script } = open();
    expect(await cache.evalScript(script)).toBe(1);
    expect(sent).toEqual(['EVALSHA', 'EVAL']);
  });

  it('in a pipeline its source once for one server, its digest after that', async () => {
    const { cache, sent, script, other } = open();
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
    const { cache, sent, script } = open((key) => key.length);
    await cache.pipeline().evalScript(script, ['a']).evalScript(script, ['b']).execute();
    expect(sent).toEqual(['EVAL', 'EVAL']);
  });
});
