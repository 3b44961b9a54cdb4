import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable, Logger, StreamableFile, type Type } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cacheable, CacheEvict, ConnectionError, SerializerError } from '../../lib/index.js';
import { useApplications } from './harness.js';
import { leftOf } from '../left-of.js';

const apps = useApplications();

afterEach(() => {
  vi.restoreAllMocks();
});

async function start<T>(provider: Type<T>) {
  const { module, cache } = await apps.module({ providers: [provider] });
  return { provider: module.get<T>(provider), cache };
}

describe('stored results', () => {
  @Injectable()
  class Answers {
    runs = 0;
    answer: unknown;
    @Cacheable({ key: 'answer' })
    async read(): Promise<unknown> {
      this.runs++;
      return this.answer;
    }
  }

  it.each([[null], [0], [''], [false], [[]], [new Date(0)], [new Map([['a', 1n]])]])('%o is', async (answer) => {
    const { provider } = await start(Answers);
    provider.answer = answer;
    expect([await provider.read(), await provider.read()]).toEqual([answer, answer]);
    expect(provider.runs).toBe(1);
  });

  it('undefined is not stored', async () => {
    const { provider, cache } = await start(Answers);
    expect([await provider.read(), await provider.read()]).toEqual([undefined, undefined]);
    expect(provider.runs).toBe(2);
    expect(await cache.hasKey('answer')).toBe(false);
  });

  it.each([
    ['a StreamableFile', () => new StreamableFile(Buffer.from('file'))],
    ['a Readable', () => Readable.from(['text'])],
    ['a web stream', () => new Blob(['text']).stream()],
  ])('%s is not, and every caller gets one of its own', async (_, make) => {
    @Injectable()
    class Files {
      @Cacheable({ key: 'file' })
      async read(): Promise<unknown> {
        await turn();
        return make();
      }
    }
    const { provider, cache } = await start(Files);
    const streams = await Promise.all([provider.read(), provider.read(), provider.read()]);
    expect(new Set(streams).size).toBe(3);
    expect(await cache.hasKey('file')).toBe(false);
  });

  it('an error is not stored, and its caller gets it unchanged', async () => {
    const error = new ConnectionError('of the method itself');
    @Injectable()
    class Failing {
      runs = 0;
      @Cacheable({ key: 'failing' })
      async read(): Promise<void> {
        this.runs++;
        await turn();
        throw error;
      }
    }
    const { provider, cache } = await start(Failing);
    const calls = await Promise.allSettled([provider.read(), provider.read()]);
    expect(calls.map((call) => call.status === 'rejected' && call.reason === error)).toEqual([true, true]);
    expect(provider.runs).toBe(1);
    expect(await cache.hasKey('failing')).toBe(false);
  });

  it('have the timeout and the version of the options', async () => {
    @Injectable()
    class Timed {
      @Cacheable({ key: 'timed', timeout: '2m', version: 7 })
      async read(): Promise<number> {
        return 1;
      }
    }
    const { provider, cache } = await start(Timed);
    await provider.read();
    expect(await cache.ttl('timed', { version: 7 })).toEqual(leftOf(120));
  });
});

describe('condition and unless', () => {
  @Injectable()
  class Searches {
    runs = 0;
    @Cacheable({
      key: (text: string) => `search:${text}`,
      condition: (text: string, fresh?: boolean) => !fresh && text.length > 1,
      unless: (hits: string[], text: string) => hits.length === 0 || text === 'never',
    })
    async search(text: string, _fresh?: boolean): Promise<string[]> {
      this.runs++;
      return text === 'nothing' ? [] : [`${text} ${this.runs}`];
    }
  }

  it('without its condition the cache is neither read nor written', async () => {
    const { provider, cache } = await start(Searches);
    await provider.search('a');
    expect(await cache.hasKey('search:a')).toBe(false);
    expect(await provider.search('ab')).toEqual(['ab 2']);
    expect(await provider.search('ab', true)).toEqual(['ab 3']);
    expect(await provider.search('ab')).toEqual(['ab 2']);
  });

  it('unless gets the result and the arguments', async () => {
    const { provider, cache } = await start(Searches);
    for (const text of ['nothing', 'never', 'some']) await provider.search(text);
    expect(await cache.keys('search:*')).toEqual(['search:some']);
  });

  it('what is decided or named later fails, and nothing is left that nobody handles', async () => {
    const late = (async () => Promise.reject(new Error('late'))) as unknown as () => never;
    @Injectable()
    class Late {
      @Cacheable({ key: late })
      async keyed(): Promise<number> {
        return 1;
      }
      @Cacheable({ key: 'conditional', condition: late })
      async conditional(): Promise<number> {
        return 1;
      }
      @Cacheable({ key: 'unless', unless: late })
      async unless(): Promise<number> {
        return 1;
      }
      @CacheEvict({ tags: late })
      async tagged(): Promise<void> {}
    }
    const { provider } = await start(Late);
    await expect(provider.keyed()).rejects.toThrow('@Cacheable key of Late.keyed must not be async');
    await expect(provider.conditional()).rejects.toThrow('@Cacheable condition of Late.conditional must not be async');
    await expect(provider.unless()).rejects.toThrow('@Cacheable unless of Late.unless must not be async');
    await expect(provider.tagged()).rejects.toThrow('@CacheEvict tags of Late.tagged must not be async');
  });
});

describe('type', () => {
  class Author {
    constructor(
      readonly name: string,
      readonly born?: Date,
    ) {}
    get initial(): string {
      return this.name[0]!;
    }
  }
  class Work {
    editor?: Author;
    constructor(readonly author: Author) {}
  }
  const ada = () => new Author('Ada', new Date(0));

  @Injectable()
  class Authors {
    runs = 0;
    @Cacheable({ key: 'one', type: Author })
    async one(): Promise<Author | null> {
      this.runs++;
      return ada();
    }
    @Cacheable({ key: 'none', type: Author })
    async none(): Promise<Author | null> {
      return null;
    }
    @Cacheable({ key: 'list', type: Author })
    async list(): Promise<Author[]> {
      return [ada(), ada()];
    }
    @Cacheable({ key: 'page', type: { items: Author, first: Author } })
    async page(): Promise<{ total: number; items: Author[]; first: Author }> {
      return { total: 1, items: [ada()], first: ada() };
    }
    @Cacheable({ key: 'pair', type: [Work, { author: Author }] })
    async pair(): Promise<Work> {
      return new Work(ada());
    }
    @Cacheable({ key: 'untyped' })
    async untyped(): Promise<{ nested: Author[] }> {
      this.runs++;
      return { nested: [ada()] };
    }
    @Cacheable({ key: 'json' })
    async json(): Promise<{ at: URL }> {
      this.runs++;
      return { at: new URL('https://example.com/') };
    }
  }

  it('restores instances: one, the elements of an array, the named properties, or both', async () => {
    const { provider } = await start(Authors);
    for (const call of ['one', 'list', 'page', 'pair', 'none'] as const) {
      const [miss, hit] = [await provider[call](), await provider[call]()];
      expect(hit).toStrictEqual(miss);
    }
    expect((await provider.one())?.initial).toBe('A');
    expect(provider.runs).toBe(1);
  });

  it('without it, an instance anywhere in the result is not stored, with one log line', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const { provider } = await start(Authors);
    for (let i = 0; i < 3; i++) expect((await provider.untyped()).nested[0]).toBeInstanceOf(Author);
    const waiting = await Promise.all([1, 2, 3].map(() => provider.untyped()));
    for (const { nested } of waiting) expect(nested[0]).toBeInstanceOf(Author);
    expect(provider.runs).toBe(6);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/^Authors\.untyped: @Cacheable does not store this result: Author/),
    );
  });

  it('is not needed for objects that define how they are stored', async () => {
    const { provider } = await start(Authors);
    await provider.json();
    expect(await provider.json()).toEqual({ at: 'https://example.com/' });
    expect(provider.runs).toBe(1);
  });
});

describe('the default key', () => {
  @Injectable()
  class Search {
    runs = 0;
    @Cacheable()
    async find(..._args: unknown[]): Promise<number> {
      return ++this.runs;
    }
  }

  it('is the same for equal arguments, whatever the order of an object’s keys', async () => {
    const { provider } = await start(Search);
    await provider.find({ a: 1, b: { c: [1, 2], d: null } }, 'x');
    expect(await provider.find({ b: { d: null, c: [1, 2] }, a: 1 }, 'x')).toBe(1);
  });

  it.each([
    ['types', ['1'], [1]],
    ['missing and undefined arguments', [], [undefined]],
    ['undefined and null', [undefined], [null]],
    ['where an argument ends', ['a', 'bc'], ['ab', 'c']],
    ['lists in lists', [['a'], 'b'], [['a', 'b']]],
    ['text that looks like another', ['["a"]'], [['a']]],
    ['numbers and bigints', [5], [5n]],
    ['zeros', [0], [-0]],
    ['dates and their text', [new Date(0)], ['1970-01-01T00:00:00.000Z']],
    ['lone surrogates', ['\ud800'], ['\ud801']],
  ])('tells %s apart', async (_, one, two) => {
    const { provider } = await start(Search);
    expect(await provider.find(...one)).not.toBe(await provider.find(...two));
  });

  it('cannot be made of anything but data', async () => {
    const { provider } = await start(Search);
    const call = provider.find(() => 1);
    await expect(call).rejects.toThrow(SerializerError);
    await expect(provider.find({ socket: { on: () => 1 } })).rejects.toThrow(
      '@Cacheable on Search.find needs a key: its arguments cannot be part of one: a function (at [0].socket.on)',
    );
  });
});

describe('keys', () => {
  @Injectable()
  class Users {
    @Cacheable({ key: 'user:{0.id}:{1}' })
    async byTemplate(user: { id?: string | object }, _page?: number): Promise<string> {
      return typeof user.id;
    }
    @Cacheable({ key: (id: string) => (id === 'none' ? (undefined as unknown as string) : id) })
    async byFunction(id: string): Promise<string> {
      return id;
    }
  }

  it('may be templates', async () => {
    const { provider, cache } = await start(Users);
    await provider.byTemplate({ id: 'ada' }, 2);
    expect(await cache.keys()).toEqual(['user:ada:2']);
  });

  it.each([
    ['undefined', { id: 'ada' }, undefined, "{1} of 'user:{0.id}:{1}' is missing"],
    ['a property that is not there', {}, 1, "{0.id} of 'user:{0.id}:{1}' is missing"],
    ['an object', { id: {} }, 1, 'is an Object, not text'],
  ])('a template does not take %s for text', async (_, user, page, message) => {
    const { provider, cache } = await start(Users);
    const call = provider.byTemplate(user, page);
    await expect(call).rejects.toThrow(TypeError);
    await expect(call).rejects.toThrow(`@Cacheable key of Users.byTemplate: `);
    await expect(call).rejects.toThrow(message);
    expect(await cache.keys()).toEqual([]);
  });

  it.each([
    ['none', 'undefined'],
    ['', 'an empty one'],
  ])('a function must give a text, not %o', async (id, shown) => {
    const { provider } = await start(Users);
    await expect(provider.byFunction(id)).rejects.toThrow(
      `@Cacheable key of Users.byFunction must be a non-empty string, not ${shown}`,
    );
  });
});

describe('many callers at once', () => {
  it('200 misses are one run', async () => {
    @Injectable()
    class Slow {
      runs = 0;
      @Cacheable()
      async read(id: number): Promise<number> {
        this.runs++;
        await turn();
        return id;
      }
    }
    const { provider } = await start(Slow);
    const answers = await Promise.all(Array.from({ length: 200 }, () => provider.read(7)));
    expect(new Set(answers)).toEqual(new Set([7]));
    expect(provider.runs).toBe(1);
  });

  it('a handler and a service with one key do not wait for each other', async () => {
    @Injectable()
    class Layers {
      @Cacheable({ key: 'shared' })
      async outer(): Promise<string> {
        return `outer of ${await this.inner()}`;
      }
      @Cacheable({ key: 'shared' })
      async inner(): Promise<string> {
        return 'inner';
      }
    }
    const { provider, cache } = await start(Layers);
    expect(await provider.outer()).toBe('outer of inner');
    expect(await cache.get('shared')).toBe('outer of inner');
  });
});

describe('while Redis is away', () => {
  @Injectable()
  class Products {
    runs = 0;
    @Cacheable({ key: 'product:{0}' })
    async find(id: string): Promise<string> {
      this.runs++;
      await turn();
      return id;
    }
  }

  it.each([[false], [true]])(
    'the method simply runs (ignoreExceptions: %s), once for all simultaneous callers',
    async (ignoreExceptions) => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
      const { module } = await apps.module({ providers: [Products] }, { ignoreExceptions });
      const products = module.get(Products);
      await products.find('1');
      await apps.server.kill();
      try {
        expect(await Promise.all(Array.from({ length: 50 }, () => products.find('1')))).toEqual(Array(50).fill('1'));
        expect(products.runs).toBe(2);
        await products.find('1');
        expect(products.runs).toBe(3);
        const said = warn.mock.calls.filter(([text]) => String(text).startsWith('Continuing without the cache'));
        expect(said).toHaveLength(ignoreExceptions ? 0 : 1);
      } finally {
        await apps.server.start();
      }
      const runsOfTwoCalls = async () => {
        const before = products.runs;
        await products.find('1');
        await products.find('1');
        return products.runs - before;
      };
      await expect.poll(runsOfTwoCalls).toBe(0);
    },
  );
});
