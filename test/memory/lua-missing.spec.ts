import Module from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { ConfigError } from '../../lib/errors/index.js';

type Load = (request: string, ...rest: unknown[]) => unknown;
/** What every `require` goes through. */
const LOAD = '_load';
const loader = Module as unknown as Record<typeof LOAD, Load>;

describe('the embedded engine without wasmoon-lua5.1', () => {
  const { [LOAD]: load } = loader;

  beforeAll(() => {
    loader[LOAD] = function loadAllButLua(request, ...rest) {
      if (request === 'wasmoon-lua5.1') throw Object.assign(new Error('not installed'), { code: 'MODULE_NOT_FOUND' });
      return load.call(this, request, ...rest);
    };
  });

  afterAll(() => {
    loader[LOAD] = load;
  });

  it('says at the first script what to install, and goes on without scripts', async () => {
    const session = new MemoryServer().connect();
    for (let attempt = 0; attempt < 2; attempt++) {
      const script = Promise.resolve(session.call('EVAL', ['return 1', 0]));
      await expect(script).rejects.toThrow(ConfigError);
      await expect(script).rejects.toThrow('npm install wasmoon-lua5.1');
    }
    expect(await session.call('SET', ['k', 'v'])).toEqual(Buffer.from('OK'));
  });

  it('finds it when it is installed meanwhile', async () => {
    loader[LOAD] = load;
    expect(await new MemoryServer().connect().call('EVAL', ['return 1', 0])).toBe(1);
  });
});
