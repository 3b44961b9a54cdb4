import { Injectable, Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describe as typeOf } from '../../lib/arguments/arguments.js';
import { errorText } from '../../lib/errors/error-text.js';
import { printable, quoted } from '../../lib/errors/quoted.js';
import { CachePut, type CachexService } from '../../lib/index.js';
import { openCache } from '../open-cache.js';
import { CachexTesting, CachexTestingModule } from '../../lib/testing/index.js';

/** A line feed, an escape sequence, its C1 form, a line separator, and a change of direction. */
const hostile = 'a\n[Nest] forged\r\u001b[2K\u009b1A\u2028\u202e\u0000"\\';
const breaking = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const expectPlain = (texts: readonly unknown[]) => {
  const text = texts.map(String).join(' ');
  expect(text).toContain('forged');
  expect(text).not.toMatch(breaking);
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('text from elsewhere', () => {
  it('fits on one line, and names are in quotes', () => {
    expect(printable(`${hostile}\ud83d`)).toBe(
      String.raw`a\n[Nest] forged\r\u001b[2K\u009b1A\u2028\u202e\u0000"` + String.raw`\\ud83d`,
    );
    expect(quoted('a"\n\u{e0001}ключ 💶')).toBe(String.raw`"a\"\n\u{e0001}ключ 💶"`);
  });

  it('exists for anything that can be thrown', () => {
    expect(errorText(new Error('a\nb'))).toBe(String.raw`a\nb`);
    expect(errorText('a\nb')).toBe(String.raw`a\nb`);
    expect(errorText(Object.create(null))).toBe('an object without a text');
  });

  it('does not come from a constructor that somebody has sent', () => {
    expect(typeOf(JSON.parse(`{"constructor":{"name":"forged"}}`))).toBe('an Object');
    expect(typeOf(Object.create(null))).toBe('an object');
    expect(typeOf(new Map())).toBe('a Map');
  });
});

describe('a key with line feeds and escape sequences forges no line', () => {
  const messageOf = async (call: () => unknown): Promise<string> => {
    try {
      await call();
      return 'no error';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each<[string, (cache: CachexService) => unknown]>([
    ['a command', (cache) => cache.set('list', 1).then(() => cache.rename(hostile, 'b'))],
    ['a wrong type', (cache) => cache.lpush(hostile, 1).then(() => cache.incr(hostile))],
    [
      'a script',
      (cache) => {
        cache.registerScript('fail', 'return redis.error_reply(KEYS[1])');
        return cache.evalScript('fail', [hostile]);
      },
    ],
    [
      'what a script says',
      (cache) => {
        cache.registerScript('fail', 'return redis.error_reply(ARGV[1])');
        return cache.evalScript('fail', [], [hostile]);
      },
    ],
    ['a script that nobody knows', (cache) => cache.evalScript(hostile)],
    ['a lock', (cache) => cache.lock(hostile).release()],
    ['a semaphore', (cache) => cache.semaphore(hostile, 1).release()],
    ['a property', (cache) => cache.set('a', { [hostile]: () => 1 })],
    ['a symbol tag', (cache) => cache.set('a', { [Symbol.toStringTag]: hostile, a: new (class { get [Symbol.toStringTag]() { return hostile; } })() })], // prettier-ignore
    ['a property of an Error', (cache) => cache.set('a', Object.assign(new Error('a'), { [hostile]: 1 }))],
    ['a factory', (cache) => cache.getOrSet(hostile, () => new Promise(() => undefined), { hardTimeout: '10ms' })],
    ['a timeout', (cache) => cache.set('a', 1, hostile as '1s')],
  ])('in the error of %s', async (_, call) => {
    const cache = await openCache({ connection: 'memory://' });
    try {
      expectPlain([await messageOf(() => call(cache))]);
    } finally {
      await cache.close();
    }
  });

  it('in the log of @CachePut, nor do the server’s words', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    @Injectable()
    class Pages {
      @CachePut({ key: () => hostile })
      async put(): Promise<number> {
        return 1;
      }
    }
    const module = await Test.createTestingModule({
      imports: [CachexTestingModule.forRoot({})],
      providers: [Pages],
    }).compile();
    await module.init();
    try {
      module.get(CachexTesting).failNext(1, new Error('forged\n'));
      expect(await module.get(Pages).put()).toBe(1);
      expect(warn).toHaveBeenCalledTimes(1);
      expectPlain(warn.mock.calls.flat());
    } finally {
      await module.close();
    }
  });

  it('in the logs of getOrSet', async () => {
    const logger = { warn: vi.fn<(text: string) => void>(), log: vi.fn<(text: string) => void>() };
    const cache = await openCache({ connection: 'memory://' }, logger as unknown as Logger);
    try {
      await cache.getOrSet(hostile, () => ({ fail: () => 1 }));
      await cache.getOrSet('b', 1, { timeout: '1ms', grace: '1h' });
      await vi.waitFor(async () => expect(await cache.get('b')).toBeUndefined(), { interval: 1, timeout: 20_000 });
      const fail = () => Promise.reject(new Error(hostile));
      expect(await cache.getOrSet('b', fail, { timeout: '1m', grace: '1h' })).toBe(1);
      expect(logger.warn).toHaveBeenCalledTimes(2);
      expectPlain(logger.warn.mock.calls.flat());
    } finally {
      await cache.close();
    }
  });
});
