import { describe, expectTypeOf, it } from 'vitest';
import {
  type CachexService,
  decodeListOrNonePost,
  decodeListPost,
  decodeSinglePost,
  type ScriptResult,
} from '../../lib/index.js';

interface User {
  name: string;
}

declare const cache: CachexService;

describe('the result of a script', () => {
  it('is what postFunc gives, where the script is called by what registerScript gave', () => {
    const plain = cache.registerScript('plain', 'return 1');
    expectTypeOf(cache.evalScript(plain)).resolves.toEqualTypeOf<ScriptResult>();
    const one = cache.registerScript('one', 'return 1', { postFunc: decodeSinglePost<User> });
    expectTypeOf(cache.evalScript(one, ['k'])).resolves.toEqualTypeOf<User | undefined>();
    const all = cache.registerScript('all', 'return 1', { postFunc: decodeListPost<User> });
    expectTypeOf(cache.evalScript(all, ['k'])).resolves.toEqualTypeOf<User[]>();
    const orNone = cache.registerScript('orNone', 'return 1', { postFunc: decodeListOrNonePost<User> });
    expectTypeOf(cache.evalScript(orNone, ['k'])).resolves.toEqualTypeOf<User[] | undefined>();
    const own = cache.registerScript('own', 'return 1', { postFunc: async (_, reply) => Number(reply) });
    expectTypeOf(cache.evalScript(own)).resolves.toEqualTypeOf<number>();
  });

  it('is what the caller names otherwise', () => {
    expectTypeOf(cache.evalScript('plain')).resolves.toEqualTypeOf<unknown>();
    expectTypeOf(cache.evalScript<number>('plain')).resolves.toEqualTypeOf<number>();
    const one = cache.registerScript('one', 'return 1', { postFunc: decodeSinglePost });
    expectTypeOf(cache.evalScript<User>(one)).resolves.toEqualTypeOf<User>();
  });

  it('takes its place in a pipeline', () => {
    const count = cache.registerScript('count', 'return 1', { postFunc: (_, reply) => Number(reply) });
    const pipe = cache.pipeline().set('k', 1).evalScript(count, ['k']).evalScript<string>('plain');
    expectTypeOf(pipe.execute()).resolves.toEqualTypeOf<[boolean, number, string]>();
  });
});
