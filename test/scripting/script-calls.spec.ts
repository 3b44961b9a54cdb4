import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { createService } from '../../lib/cachex.providers.js';
import { scriptWords } from '../../lib/execution/script-words.js';
import { type ConnectionPool, resolveOptions, type WireCommand } from '../../lib/index.js';

/** Records the sent commands. */
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

describe('the wire form of a script', () => {
  it('is its digest, and its source if the server does not know it', async () => {
    const { cache, sent, script } = open();
    expect(await cache.evalScript(script)).toBe(1);
    expect(sent).toEqual(['EVALSHA', 'EVAL']);
  });

  it('is its source in a pipeline and in a transaction, because nobody can be sure what the server knows', async () => {
    const { cache, sent, script, other } = open();
    await cache.pipeline().evalScript(script).llen('k').evalScript(script).evalScript(other).execute();
    await cache.pipeline({ transaction: true }).evalScript(script).evalScript(script).execute();
    expect(sent).toEqual(['EVAL', 'LLEN', 'EVAL', 'EVAL', 'EVAL', 'EVAL']);
  });
});

describe('the words of a Lua error', () => {
  it.each([
    [
      "ERR user_script:1: attempt to index local 'x' (a nil value) script: 7d57fd5ad0ac42fc1a2dd6f3cf8ff1a4bd6a6bfb, on @user_script:1.",
    ],
    ["ERR user_script:1: attempt to index local 'x' (a nil value) script: on @user_script:1."],
    ["ERR @user_script:1: attempt to index local 'x' (a nil value) script: on @user_script:1."],
    [
      "ERR Error running script (call to f_7d57fd): @user_script:1: user_script:1: attempt to index local 'x' (a nil value)",
    ],
  ])('is told without what a server puts around it: %s', (message) => {
    expect(scriptWords(message)).toBe(", line 1: attempt to index local 'x' (a nil value)");
  });
});
