import Module from 'node:module';
import { afterAll, beforeAll } from 'vitest';

type Load = (request: string, ...rest: unknown[]) => unknown;
/** What every `require` goes through. */
const LOAD = '_load';
const loader = Module as unknown as Record<typeof LOAD, Load>;

/** Around the tests of a suite, wasmoon-lua5.1 is not installed; until the function is called that this gives. */
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
