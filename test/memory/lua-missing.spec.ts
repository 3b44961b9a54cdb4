import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../lib/embedded/index.js';
import { ConfigError } from '../../lib/errors/index.js';
import { withoutLua } from './without-lua.js';

describe('the embedded engine without wasmoon-lua5.1', () => {
  const install = withoutLua();

  it('names the package to install at the first script, and works without scripts', async () => {
    const session = new MemoryServer().connect();
    for (let attempt = 0; attempt < 2; attempt++) {
      const script = Promise.resolve(session.call('EVAL', ['return 1', 0]));
      await expect(script).rejects.toThrow(ConfigError);
      await expect(script).rejects.toThrow('npm install wasmoon-lua5.1');
    }
    expect(await session.call('SET', ['k', 'v'])).toEqual(Buffer.from('OK'));
  });

  it('finds the package if it is installed meanwhile', async () => {
    install();
    expect(await new MemoryServer().connect().call('EVAL', ['return 1', 0])).toBe(1);
  });
});
