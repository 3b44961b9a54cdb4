import { setImmediate as turn } from 'node:timers/promises';
import {
  ClassSerializerInterceptor,
  Controller,
  Get,
  Injectable,
  Logger,
  Param,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { Exclude } from 'class-transformer';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cacheable, CachePut } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

afterEach(() => {
  vi.restoreAllMocks();
});

class User {
  id = 1;
  @Exclude() password = 'secret';
}
class Admin extends User {
  @Exclude() apiKey = 'secret';
}
class Renaming extends User {
  toJSON(): object {
    return { id: this.id, key: 'secret' };
  }
}
class SaysItself extends User {
  @Exclude() apiKey = 'secret';
  toJSON(): object {
    return Object.fromEntries(Object.entries(this));
  }
}

const row = () => ({ id: 1, password: 'secret' });
const asAdmin = (object: object) => Object.defineProperty(object, 'constructor', { value: Admin });
const passingForUser = () =>
  new Proxy(new Admin(), {
    getPrototypeOf: () => User.prototype,
  });

/** The result of a handler, and whether a second call may be a hit. */
const given: Record<string, { make: () => unknown; isStored: boolean }> = {
  'an instance': { make: () => new User(), isStored: true },
  'a plain row': { make: row, isStored: true },
  'a row without a prototype': { make: () => Object.assign(Object.create(null) as object, row()), isStored: true },
  'a list of them': { make: () => [new User(), row()], isStored: true },
  'lists of lists': { make: () => [[new User()], [row()]], isStored: true },
  'a row whose constructor is text': { make: () => ({ ...row(), constructor: 'x' }), isStored: true },
  'a row with a prototype of its own': {
    make: () => JSON.parse('{"id":1,"password":"secret","__proto__":{"isAdmin":true}}') as unknown,
    isStored: true,
  },
  'an instance of a subclass': { make: () => new Admin(), isStored: false },
  'a list with one': { make: () => [new User(), new Admin()], isStored: false },
  'a list of lists with one': { make: () => [[new User()], [new Admin()]], isStored: false },
  'one with a toJSON()': { make: () => new SaysItself(), isStored: false },
  'one with another toJSON()': { make: () => new Renaming(), isStored: false },
  'an instance that passes for one': {
    make: () => asAdmin(Object.assign(new User(), { apiKey: 'secret' })),
    isStored: false,
  },
  'a row that passes for one': { make: () => asAdmin({ ...row(), apiKey: 'secret' }), isStored: false },
  'a proxy of one': { make: passingForUser, isStored: false },
};

@UseInterceptors(ClassSerializerInterceptor)
@Controller()
class Users {
  @Get('typed/:what')
  @Cacheable({ type: User })
  async typed(@Param('what') what: string): Promise<unknown> {
    return given[what]!.make();
  }
  @Get('items/:what')
  @Cacheable({ type: { items: User } })
  async items(@Param('what') what: string): Promise<unknown> {
    return { items: given[what]!.make() };
  }
  @Get('twice')
  @Cacheable({ type: { named: User } })
  async twice(): Promise<unknown> {
    const user = new User();
    return { named: user, other: user };
  }
  @Get('put')
  @CachePut({ key: 'put', type: User })
  async put(): Promise<User> {
    return new Admin();
  }
}

const quiet = () => vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);

describe.each(['express', 'fastify'] as const)(
  'what @Exclude() hides on a miss is hidden on a hit (%s)',
  (platform) => {
    it.each(Object.entries(given))('%s', async (what, { isStored }) => {
      quiet();
      const { request } = await apps.http(platform, { controllers: [Users] });
      for (const path of ['typed', 'items']) {
        const url = `/${path}/${encodeURIComponent(what)}`;
        const [miss, hit] = [await request(url), await request(url)];
        expect(miss.status).toBe(200);
        expect(hit.text).toBe(miss.text);
        expect(hit.cached).toBe(isStored ? 'HIT' : 'MISS');
        expect(hit.text).not.toContain('secret');
        expect(hit.text).not.toContain('isAdmin');
      }
    });

    it('an object that occurs twice, once without its class being named', async () => {
      quiet();
      const { request } = await apps.http(platform, { controllers: [Users] });
      const [miss, hit] = [await request('/twice'), await request('/twice')];
      expect(miss.body).toEqual({ named: { id: 1 }, other: { id: 1 } });
      expect(hit.body).toEqual(miss.body);
      expect(hit.cached).toBe('MISS');
    });
  },
);

it('@CachePut does not store an instance of a subclass either, and says so once', async () => {
  const warn = quiet();
  const { request, cache } = await apps.http('express', { controllers: [Users] });
  expect((await request('/put')).body).toEqual({ id: 1 });
  await request('/put');
  expect(await cache.hasKey('put')).toBe(false);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn).toHaveBeenCalledWith(
    expect.stringMatching(/^Users\.put: @CachePut does not store this result: Admin .*that exact class/),
  );
});

async function start<T>(provider: Type<T>) {
  const { module, cache } = await apps.module({ providers: [provider] });
  return { provider: module.get<T>(provider), cache };
}

describe('bringing an instance back', () => {
  class View {
    static ran = 0;
    get full(): string {
      return 'computed';
    }
    set name(_: string) {
      View.ran++;
    }
  }

  @Injectable()
  class Rows {
    runs = 0;
    @Cacheable({ key: (text: string) => text, type: View })
    async read(text: string): Promise<Record<string, unknown>> {
      this.runs++;
      return JSON.parse(text) as Record<string, unknown>;
    }
  }

  it.each([
    ['the name of a getter', '{"full":"stored"}', { full: 'stored' }],
    ['the name of a setter', '{"name":"stored"}', { name: 'stored' }],
    ['the name of a method of all objects', '{"toString":"stored"}', { toString: 'stored' }],
    ['a prototype', '{"__proto__":{"isAdmin":true},"id":1}', { id: 1 }],
    ['a constructor', '{"constructor":"stored","prototype":1,"id":1}', { prototype: 1, id: 1 }],
  ])('of a row with %s', async (_, text, own) => {
    const { provider } = await start(Rows);
    for (const row of [await provider.read(text), await provider.read(text)]) {
      expect(Object.getPrototypeOf(row)).toBe(View.prototype);
      expect(Object.fromEntries(Object.entries(row))).toStrictEqual(own);
      expect(row['isAdmin']).toBeUndefined();
    }
    expect(provider.runs).toBe(1);
    expect(View.ran).toBe(0);
  });

  it.each([
    ['a Map', new Map([['id', 1]])],
    ['a Set', new Set([1])],
    ['a Date', new Date(0)],
    ['bytes', Buffer.from('{}')],
    ['a list with a Map', [{ id: 1 }, new Map()]],
    ['an Error', new Error('stored')],
  ])('is impossible where %s is stored: that is a miss, and made anew', async (_, stored) => {
    const warn = quiet();
    const { provider, cache } = await start(Rows);
    await cache.set('{"id":2}', stored);
    for (let i = 0; i < 2; i++) {
      const row = await provider.read('{"id":2}');
      expect(row).toBeInstanceOf(View);
      expect(row).toEqual({ id: 2 });
    }
    expect(provider.runs).toBe(1);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('does not follow a list that contains itself', async () => {
    quiet();
    const { provider, cache } = await start(Rows);
    const list: unknown[] = [];
    list.push(list);
    await cache.set('{"id":3}', list);
    expect(await provider.read('{"id":3}')).toEqual({ id: 3 });
  });
});

describe('classes derived from built-in ones', () => {
  class Bag extends Map<string, unknown> {
    count(): number {
      return this.size;
    }
  }
  class Owned extends Map<string, unknown> {
    owner = 'ann';
  }
  class Day extends Date {}
  class Unique extends Set<unknown> {}
  class Rows extends Array<unknown> {}
  class NotThere extends Error {}
  class Pixels extends Uint8Array {}
  class Pattern extends RegExp {}

  @Injectable()
  class Values {
    value: unknown;
    runs = 0;
    @Cacheable({ key: 'untyped' })
    async untyped(): Promise<unknown> {
      this.runs++;
      return this.value;
    }
    @Cacheable({ key: 'typed', type: { bag: Bag, day: Day, unique: Unique, pattern: Pattern, missing: NotThere } })
    async typed(): Promise<unknown> {
      this.runs++;
      return this.value;
    }
    @Cacheable({ key: 'owned', type: Owned })
    async owned(): Promise<unknown> {
      this.runs++;
      return this.value;
    }
  }

  it.each<[string, () => object]>([
    ['Bag', () => new Bag()],
    ['Day', () => new Day(0)],
    ['Unique', () => new Unique()],
    ['Rows', () => Rows.from([1])],
    ['NotThere', () => new NotThere()],
    ['Pixels', () => new Pixels(1)],
    ['Pattern', () => new Pattern('a')],
  ])('%s is not stored where it is not named, wherever it is, and that is said once', async (name, make) => {
    const warn = quiet();
    const { provider, cache } = await start(Values);
    for (const value of [make(), [make()], { in: make() }, new Map([[1, make()]]), new Error('a', { cause: make() })]) {
      provider.value = value;
      expect(await provider.untyped()).toBe(value);
    }
    expect(await cache.hasKey('untyped')).toBe(false);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`@Cacheable does not store this result: ${name} `)]]);
  });

  it('come back if they are named', async () => {
    const { provider } = await start(Values);
    const make = () => ({
      bag: new Bag([['a', 1]]),
      day: new Day(0),
      unique: new Unique(['b']),
      pattern: new Pattern('c', 'g'),
      missing: new NotThere('d'),
    });
    provider.value = make();
    await provider.typed();
    const hit = (await provider.typed()) as ReturnType<typeof make>;
    expect(hit).toStrictEqual(make());
    expect([hit.bag.count(), hit.day.getTime(), hit.unique.has('b'), hit.pattern.test('c')]).toEqual([
      1,
      0,
      true,
      true,
    ]);
    expect(hit.missing).toBeInstanceOf(NotThere);
    expect(provider.runs).toBe(1);
  });

  it('are not stored with properties of their own, which no serializer keeps', async () => {
    quiet();
    const { provider, cache } = await start(Values);
    provider.value = new Owned();
    expect(await provider.owned()).toBe(provider.value);
    expect(await cache.hasKey('owned')).toBe(false);
  });

  it.each<[string, () => unknown]>([
    ['a Map', () => new Map([[1, new Set([2])]])],
    ['bytes', () => [Buffer.of(1), new Float64Array(1), new ArrayBuffer(1), new DataView(new ArrayBuffer(1))]],
    ['Errors', () => [new Error('a', { cause: new TypeError('b') }), new RangeError('c')]],
    ['a Date and a RegExp', () => [new Date(0), /a/g]],
  ])('%s itself is stored', async (_, make) => {
    const { provider } = await start(Values);
    provider.value = make();
    await provider.untyped();
    expect(await provider.untyped()).toStrictEqual(make());
    expect(provider.runs).toBe(1);
  });
});

describe('values that are no data', () => {
  function* numbers(): Generator<number> {
    yield 1;
  }
  const makers: [string, () => unknown][] = [
    ['a Response', () => new Response('{}')],
    ['a generator', numbers],
    ['an object with a function', () => ({ close: () => undefined })],
    ['an iterator', () => new Set([1]).values()],
    ['a list with a symbol', () => [Symbol('a')]],
    ['an AbortController', () => new AbortController()],
    ['URLSearchParams', () => new URLSearchParams('a=1')],
    ['a WeakMap', () => new WeakMap()],
  ];

  @Injectable()
  class Makers {
    make: () => unknown = () => undefined;
    @Cacheable({ key: 'made' })
    async read(): Promise<unknown> {
      await turn();
      return this.make();
    }
  }

  it.each(makers)('%s is for its own caller, who runs the method, with and without Redis', async (_, make) => {
    quiet();
    const { module, cache } = await apps.module({ providers: [Makers] });
    const provider = module.get(Makers);
    provider.make = make;
    const read = async () => new Set(await Promise.all([provider.read(), provider.read(), provider.read()])).size;
    expect(await read()).toBe(3);
    expect(await cache.hasKey('made')).toBe(false);
    await apps.server.kill();
    try {
      expect(await read()).toBe(3);
    } finally {
      await apps.server.start();
    }
  });

  it('a value that cannot be copied is not shared while Redis is away', async () => {
    quiet();
    const { module } = await apps.module({ providers: [Makers] });
    const provider = module.get(Makers);
    provider.make = () => Object.assign(new Error('made'), { code: 5 });
    await apps.server.kill();
    try {
      expect(new Set(await Promise.all([provider.read(), provider.read()])).size).toBe(2);
    } finally {
      await apps.server.start();
    }
  });
});
