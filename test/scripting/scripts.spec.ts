import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import {
  type CachexService,
  CrossSlotError,
  decodeListOrNonePost,
  decodeListPost,
  decodeSinglePost,
  fullEncodePre,
  keysOnlyPre,
  noopPost,
  PipelineError,
  ScriptError,
  SerializerError,
  WrongTypeError,
} from '../../lib/index.js';
import { contract, onEveryTopology } from '../contract/contract.js';
import { openCache } from '../open-cache.js';

interface User {
  name: string;
}

let names = 0;
/** The caches of the contract live for a whole file, and a name belongs to one source. */
const unusedName = (): string => `script-${++names}`;

/** Makes every server forget its scripts. */
async function forgetScripts(cache: CachexService): Promise<void> {
  const nodes = await cache['executor'].primaries('SCRIPT');
  await Promise.all(nodes.map((node) => node.send({ name: 'SCRIPT', args: ['FLUSH'], access: 'write' })));
}

const failure = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as Error,
  );

contract((t) => {
  const register: CachexService['registerScript'] = (name, source, options) =>
    t.cache.registerScript(name, source, options);

  describe('keys and arguments', () => {
    it('get prefix and version, or stay unchanged, without a hook', async () => {
      const script = register(unusedName(), `redis.call('SET', KEYS[1], ARGV[1] .. ARGV[2] .. ARGV[3]) return KEYS[1]`);
      const wire = await t.on.evalScript(script, [t.key()], [4, '2', Buffer.from('0')]);
      expect(wire).toContain(`:1:${t.key()}`);
      expect(await t.cache.get(t.key())).toBe(420);
    });

    it('have the version of the call, the view and the pipeline', async () => {
      const script = register(unusedName(), `return redis.call('INCRBY', KEYS[1], ARGV[1])`);
      await t.on.evalScript(script, [t.key()], [7], { version: 2 });
      expect(await t.cache.get(t.key(), { version: 2 })).toBe(7);
      expect(await t.cache.withVersion(2).evalScript(script, [t.key()], [1])).toBe(8);
      expect(await t.cache.pipeline({ version: 2 }).evalScript(script, [t.key()], [1]).execute()).toEqual([9]);
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });

    it('may be left out', async () => {
      expect(await t.on.evalScript(register(unusedName(), 'return #KEYS + #ARGV'))).toBe(0);
    });

    it('are encoded by fullEncodePre, so that get reads them', async () => {
      const script = register(unusedName(), `return redis.call('SET', KEYS[1], ARGV[1])`, { preFunc: fullEncodePre });
      expect(await t.on.evalScript(script, [t.key()], [{ name: 'Ada', born: new Date(0) }])).toBe('OK');
      expect(await t.cache.get(t.key())).toEqual({ name: 'Ada', born: new Date(0) });
    });

    it('can be built by a hook of the user', async () => {
      const script = register(unusedName(), `redis.call('SET', KEYS[1], ARGV[2]) return redis.call('GET', ARGV[1])`, {
        preFunc: (helpers, keys, [other, value]) => [
          helpers.makeKeys(keys),
          [helpers.makeKey(other as string, 2), helpers.encode([helpers.version, value])],
        ],
      });
      await t.cache.set(t.key('other'), 5, { version: 2 });
      expect(await t.on.evalScript(script, [t.key()], [t.key('other'), 'x'])).toBe('5');
      expect(await t.cache.get(t.key())).toEqual([1, 'x']);
    });

    it.each([[undefined], [null], [true], [{}], [[]]])('%j is refused without a hook that encodes it', async (arg) => {
      const script = register(unusedName(), `return redis.call('SET', KEYS[1], 'written')`);
      const error = await failure(t.on.evalScript(script, [t.key()], ['fine', arg]));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain('Argument 2');
      expect(await t.cache.hasKey(t.key())).toBe(false);
    });

    it('that cannot be stored, or are empty, are refused before anything is sent', async () => {
      const script = register(unusedName(), `return redis.call('SET', 'written', 'x')`, { preFunc: fullEncodePre });
      expect(await failure(t.on.evalScript(script, [t.key()], [() => 1]))).toBeInstanceOf(SerializerError);
      expect(await failure(t.on.evalScript(script, [''], []))).toBeInstanceOf(TypeError);
    });

    it('numKeys is checked', async () => {
      const name = unusedName();
      register(name, 'return #KEYS', { numKeys: 2 });
      expect(await t.on.evalScript(name, [t.key('a'), t.key('b')])).toBe(2);
      const error = await failure(t.on.evalScript(name, [t.key('a')]));
      expect(error).toBeInstanceOf(ScriptError);
      expect(error.message).toContain(`Script ${name} takes 2 keys, not 1`);
    });
  });

  describe('results', () => {
    it('are plain without a hook: texts, numbers, nested tables, undefined for nil', async () => {
      const run = (source: string): Promise<unknown> => t.on.evalScript(register(unusedName(), source));
      expect(await run(`return 'tëxt'`)).toBe('tëxt');
      expect(await run(`return 3.9`)).toBe(3);
      expect(await run(`return {1, 'two', {3, {'four'}}}`)).toEqual([1, 'two', [3, ['four']]]);
      expect(await run(`return {1, false, 3}`)).toEqual([1, undefined, 3]);
      expect(await run(`return nil`)).toBeUndefined();
      expect(await run(`return redis.status_reply('FINE')`)).toBe('FINE');
      expect(await run(`return true`)).toBe(1);
    });

    it('are decoded by decodeSinglePost, decodeListPost and decodeListOrNonePost', async () => {
      const list = `return redis.call('LRANGE', KEYS[1], 0, -1)`;
      const user: User = { name: 'Grace' };
      await t.cache.rpush(t.key('list'), user, 2);
      await t.cache.set(t.key('one'), user);
      const single = register(unusedName(), `return redis.call('GET', KEYS[1])`, { postFunc: decodeSinglePost });
      const all = register(unusedName(), list, { postFunc: decodeListPost });
      const orNone = register(unusedName(), `if redis.call('EXISTS', KEYS[1]) == 0 then return nil end ${list}`, {
        postFunc: decodeListOrNonePost,
      });
      expect(await t.on.evalScript(single, [t.key('one')])).toEqual(user);
      expect(await t.on.evalScript(single, [t.key('none')])).toBeUndefined();
      expect(await t.on.evalScript(all, [t.key('list')])).toEqual([user, 2]);
      expect(await t.on.evalScript(all, [t.key('none')])).toEqual([]);
      expect(await t.on.evalScript(orNone, [t.key('list')])).toEqual([user, 2]);
      expect(await t.on.evalScript(orNone, [t.key('none')])).toBeUndefined();
    });

    it('decodeListPost returns [] for nil, keeps integers as numbers, and nil among them as undefined', async () => {
      const postFunc = decodeListPost;
      expect(await t.on.evalScript(register(unusedName(), 'return nil', { postFunc }))).toEqual([]);
      expect(await t.on.evalScript(register(unusedName(), 'return {7, false}', { postFunc }))).toEqual([7, undefined]);
    });

    it('can be built by a hook of the user, which may be asynchronous', async () => {
      const script = register(unusedName(), `return {7, redis.call('GET', KEYS[1])}`, {
        postFunc: async (helpers, reply) => {
          const [left, raw] = reply as [number, Buffer];
          return { left, user: await helpers.decode<User>(raw), version: helpers.version };
        },
      });
      await t.cache.set(t.key(), { name: 'Ada' });
      expect(await t.on.evalScript(script, [t.key()])).toEqual({ left: 7, user: { name: 'Ada' }, version: 1 });
    });
  });

  describe('failures', () => {
    it('an unknown name lists the known ones', async () => {
      const name = unusedName();
      register(name, 'return 1');
      const error = await failure(t.on.evalScript('no-such-script'));
      expect(error).toBeInstanceOf(ScriptError);
      expect(error.message).toMatch(new RegExp(`^There is no script no-such-script; known are .*\\b${name}\\b`));
    });

    it.each([
      ['an error of Lua', 'local x\nreturn x.y', 2, 'attempt to index'],
      ['error()', `\n\nerror('sold out')`, 3, 'sold out'],
      ['a source that does not compile', '\nretur 1', 2, 'expected near'],
      ['a command with too few arguments', `return redis.call('GET')`, 1, 'Wrong number of args'],
    ])('%s names script, key and line', async (_, source, line, words) => {
      const name = unusedName();
      register(name, source);
      const error = await failure(t.on.evalScript(name, [t.key()]));
      expect(error).toBeInstanceOf(ScriptError);
      expect(error.message).toContain(`Script ${name} "${t.key()}", line ${line}: `);
      expect(error.message).toContain(words);
      expect(error.message).not.toContain('user_script');
    });

    it('an error that the script returns is a ScriptError with its words', async () => {
      const name = unusedName();
      register(name, `return redis.error_reply('SOLDOUT only 3 left')`);
      const error = await failure(t.on.evalScript(name, [t.key()]));
      expect(error).toBeInstanceOf(ScriptError);
      expect(error.message).toContain(`Script ${name} "${t.key()}": SOLDOUT only 3 left`);
    });

    it('a key of another type is a WrongTypeError', async () => {
      await t.cache.sadd(t.key(), 1);
      const script = register(unusedName(), `return redis.call('GET', KEYS[1])`);
      expect(await failure(t.on.evalScript(script, [t.key()]))).toBeInstanceOf(WrongTypeError);
    });

    it('of a hook on the reply name the script and keep the cause', async () => {
      const name = unusedName();
      const cause = new Error('no such column');
      const postFunc = (): never => {
        throw cause;
      };
      register(name, 'return 1', { postFunc });
      const error = await failure(t.on.evalScript(name));
      expect(error).toBeInstanceOf(ScriptError);
      expect(error).toMatchObject({
        message: expect.stringContaining(`postFunc of script ${name}: no such column`),
        cause,
      });
    });

    it('a hook that returns anything but [keys, args] is named', async () => {
      const preFunc = (async () => [[], []]) as never;
      const script = register(unusedName(), 'return 1', { preFunc });
      expect(await failure(t.on.evalScript(script))).toMatchObject({ name: 'TypeError' });
    });
  });

  it('keys in several slots are a CrossSlotError on a cluster, and nothing has run', async () => {
    const script = register(unusedName(), `redis.call('SET', KEYS[1], 1) return #KEYS`);
    const keys = ['{one}', '{two}'].map((slot) => slot + t.key());
    const isCluster = t.cache['executor'].pool.slotOf !== undefined;
    const answer = await t.on.evalScript(script, keys).catch((error: unknown) => error);
    expect(answer instanceof CrossSlotError ? 'refused' : answer).toBe(isCluster ? 'refused' : 2);
    expect(await t.cache.hasKey(keys[0]!)).toBe(!isCluster);
  });

  it('a script that the server has forgotten is sent again', async () => {
    const script = register(unusedName(), `return redis.call('INCR', KEYS[1])`);
    for (let round = 1; round <= 3; round++) {
      await forgetScripts(t.cache);
      expect(await t.on.evalScript(script, [t.key()])).toBe(round);
      expect(await t.on.evalScript(script, [t.key('other')])).toBe(round);
    }
  });
});

onEveryTopology((t) => {
  describe.each([false, true])('in a pipeline, transaction: %j', (transaction) => {
    it('a script that the server does not know runs in its place in the queue', async () => {
      const append = t.cache.registerScript(unusedName(), `return redis.call('APPEND', KEYS[1], ARGV[1])`);
      await forgetScripts(t.cache);
      const raw = await t.cache
        .pipeline({ transaction })
        .evalScript(append, [t.key()], ['1'])
        .incr(t.key())
        .evalScript(append, [t.key()], ['1'])
        .incr(t.key())
        .evalScript(append, [t.key()], ['1'])
        .execute();
      expect(raw).toEqual([1, 2, 2, 22, 3]);
      expect(await t.cache.get(t.key())).toBe(221);
    });

    it('two scripts do not hide each other', async () => {
      const one = t.cache.registerScript(unusedName(), `return 'one'`);
      const two = t.cache.registerScript(unusedName(), `return 'two'`);
      await forgetScripts(t.cache);
      const pipe = t.cache.pipeline({ transaction });
      const results = await pipe.evalScript(one).evalScript(two).evalScript(one).evalScript(two).execute();
      expect(results).toEqual(['one', 'two', 'one', 'two']);
    });

    it('a failing script does not affect the results of the others', async () => {
      const fails = t.cache.registerScript(unusedName(), `error('no')`);
      const error = await failure(
        t.cache.pipeline({ transaction }).set(t.key(), 1).evalScript(fails, [t.key()]).get(t.key()).execute(),
      );
      expect(error).toBeInstanceOf(PipelineError);
      expect((error as PipelineError).results).toEqual([true, expect.any(ScriptError), 1]);
    });
  });
});

onEveryTopology(
  (t) => {
    it('values that are compressed off the event loop are awaited', async () => {
      const swap = t.cache.registerScript(unusedName(), `return redis.call('SET', KEYS[1], ARGV[1], 'GET')`, {
        preFunc: fullEncodePre,
        postFunc: decodeSinglePost<string[]>,
      });
      const large = (text: string): string[] => Array.from({ length: 20_000 }, (_, index) => `${text} ${index}`);
      await t.cache.set(t.key(), large('before'));
      expect(await t.cache.evalScript(swap, [t.key()], [large('after')])).toEqual(large('before'));
      expect(await t.cache.get(t.key())).toEqual(large('after'));
      const [before] = await t.cache.pipeline().evalScript(swap, [t.key()], [1]).execute();
      expect(before).toEqual(large('after'));
    });
  },
  { compressor: 'gzip' },
);

onEveryTopology((t) => {
  describe('registering', () => {
    it('the same source again is fine, another source under the name is refused', () => {
      const name = unusedName();
      t.cache.registerScript(name, 'return 1');
      t.cache.registerScript(name, 'return 1', { preFunc: keysOnlyPre, postFunc: noopPost });
      expect(() => t.cache.registerScript(name, 'return 2')).toThrow(ScriptError);
      expect(() => t.cache.registerScript(name, 'return 2')).toThrow(`A script named ${name} with a different source`);
    });

    it('a cache and its views share their scripts', async () => {
      const [first, second] = [unusedName(), unusedName()];
      t.cache.registerScript(first, 'return 1');
      t.cache.withVersion(2).registerScript(second, 'return 2');
      expect(await t.cache.withVersion(3).evalScript(first)).toBe(1);
      expect(await t.cache.evalScript(second)).toBe(2);
    });

    it.each<[string, () => unknown]>([
      ['no name', () => t.cache.registerScript('', 'return 1')],
      ['no source', () => t.cache.registerScript('x', ' ')],
      ['a source that is no text', () => t.cache.registerScript('x', Buffer.from('return 1') as never)],
      ['a number of keys that is none', () => t.cache.registerScript('x', 'return 1', { numKeys: 1.5 })],
      [
        'a hook that is no function',
        () => t.cache.registerScript('x', 'return 1', { preFunc: 'keysOnlyPre' as never }),
      ],
    ])('%s is a TypeError', (_, register) => {
      expect(register).toThrow(TypeError);
    });
  });
});

describe.each(['redis standalone', 'valkey standalone'])('Lua on %s', (server) => {
  it('reads plain values of the default serializer, and writes what it can read', async () => {
    const cache = await openCache({ keyPrefix: randomUUID(), connection: inject('connections')[server]! });
    cache.registerScript(
      'rename',
      `local user = cmsgpack.unpack(redis.call('GET', KEYS[1]))
       user.name, user.tags[2] = ARGV[1], user.name
       redis.call('SET', KEYS[1], cmsgpack.pack(user))`,
    );
    await cache.set('user', { name: 'Ada', age: 36, tags: ['a'], home: { city: 'London' } });
    await cache.evalScript('rename', ['user'], ['Augusta']);
    expect(await cache.get('user')).toEqual({ name: 'Augusta', age: 36, tags: ['a', 'Ada'], home: { city: 'London' } });
    await cache.clear();
    await cache.close();
  });

  it('may count beyond 32 bits, and pack bytes', async () => {
    const cache = await openCache({ keyPrefix: randomUUID(), connection: inject('connections')[server]! });
    cache.registerScript(
      'touch',
      `local session = cmsgpack.unpack(redis.call('GET', KEYS[1]))
       session.visits, session.digest = session.visits + 1, '\\255\\0\\128'
       redis.call('SET', KEYS[1], cmsgpack.pack(session))`,
    );
    await cache.set('session', { visits: 1, at: 1_795_918_377_434, until: -9_007_199_254_740_991 });
    await cache.evalScript('touch', ['session']);
    expect(await cache.get('session')).toStrictEqual({
      visits: 2,
      at: 1_795_918_377_434,
      until: -9_007_199_254_740_991,
      digest: Buffer.of(255, 0, 128),
    });
    await cache.clear();
    await cache.close();
  });
});
