import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { Surroundings } from '../../lib/waiting/surroundings.js';

it('surroundings are off as soon as nothing runs in them, and not before', async () => {
  const disable = vi.spyOn(AsyncLocalStorage.prototype, 'disable');
  const names = new Surroundings<string>();
  const long = names.run('long', async () => {
    await turn();
    await short;
    await turn();
    expect(disable).not.toHaveBeenCalled();
    return names.current;
  });
  const short = names.run('short', async () => {
    await expect(names.run('failing', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    return names.current;
  });
  expect(names.current).toBeUndefined();
  expect([await long, await short]).toEqual(['long', 'short']);
  expect(disable).toHaveBeenCalledTimes(1);
  expect(await names.run('again', async () => names.current)).toBe('again');
  disable.mockRestore();
});
