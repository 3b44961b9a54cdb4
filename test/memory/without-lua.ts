import Module from 'node:module';
import { afterAll, beforeAll } from 'vitest';

type Load = (request: string, ...rest: unknown[]) => unknown;
/** Every `require` goes through it. */
const LOAD = '_load';
const loader = Module as unknown as Record<typeof LOAD, Load>;

/** Removes wasmoon-lua5.1 for the tests of a suite, until the returned function is called. */
export function withoutLua(): () => void {
  const { [LOAD]: load } = loader;
  const restore = () => void (loader[LOAD] = load);

  beforeAll(() => {
    loader[LOAD] = function loadAllButLua(request, ...rest) {
      if (request === 'wasmoon-lua5.1') throw Object.assign(new Error('not installed'), { code: 'MODULE_NOT_FOUND' });
      return load.call(this, request, ...rest);
    };
  });
  afterAll(restore);
  return restore;
}
