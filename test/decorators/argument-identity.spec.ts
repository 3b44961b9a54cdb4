import { createSecretKey, type KeyObject } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { createContext, runInContext } from 'node:vm';
import { Controller, createParamDecorator, type ExecutionContext, Get, Injectable, Query } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../lib/decorators/operations/default-key.js';
import { Cacheable, SerializerError } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

class User {
  constructor(public name: string) {}
}
class Account {
  constructor(public name: string) {}
}
class Admin extends User {}
class Bag extends Map<unknown, unknown> {}
class Money {
  constructor(private readonly text: string) {}
  toJSON(): string {
    return this.text;
  }
}
class Empty {}
/** A class with nothing but private fields; `Mixed` has visible ones, too. */
class Principal {
  #id: string;
  constructor(id: string) {
    this.#id = id;
  }
  get id(): string {
    return this.#id;
  }
}
class Mixed {
  #id: string;
  role = 'user';
  constructor(id: string) {
    this.#id = id;
  }
  get id(): string {
    return this.#id;
  }
}
class MixedChild extends Mixed {
  also = 1;
}
class Slots extends Map<string, string> {
  #id = 1;
  get id(): number {
    return this.#id;
  }
}
/** Private methods and static fields hold no state of an instance. */
class Formatted {
  static #made = 0;
  constructor(public name: string) {
    Formatted.#made++;
  }
  #format(): string {
    return `#name;
    #other = ${Formatted.#made}`;
  }
  toString(): string {
    return this.#format();
  }
}

const symbol = Symbol.for('nest-cachex.test');
const hidden = (value: unknown) => Object.defineProperty({ a: 1 }, 'hidden', { value });
const withProperty = <T extends object>(object: T, of: unknown = 1) => Object.assign(object, { added: of });
const matched = (text: string) => /b/.exec(text);
const started = (lastIndex: number) => Object.assign(/a/g, { lastIndex });
const nothing = function NullObject(this: unknown) {} as unknown as new () => Record<string, unknown>;
nothing.prototype = Object.create(null) as object;
const parsed = (of: object) => Object.assign(new nothing(), of);
const elsewhere = createContext({});

describe('arguments that differ make different keys', () => {
  it.each<[string, () => unknown, () => unknown]>([
    ['registered symbols as keys', () => ({ [symbol]: 1 }), () => ({ [Symbol.for('other')]: 1 })],
    ['a symbol and its text as keys', () => ({ [symbol]: 1 }), () => ({ 'nest-cachex.test': 1 })],
    ['a symbol as a key and none', () => ({ [symbol]: 1 }), () => ({})],
    ['values of symbol keys', () => ({ [symbol]: 1 }), () => ({ [symbol]: 2 })],
    ['well-known symbols as keys', () => ({ [Symbol.toStringTag]: 'a' }), () => ({ [Symbol.toStringTag]: 'b' })],
    ['symbol keys in a Map', () => new Map([[{ [symbol]: 1 }, 1]]), () => new Map([[{ [symbol]: 2 }, 1]])],
    ['symbol keys in a Set', () => new Set([{ [symbol]: 1 }]), () => new Set([{ [symbol]: 2 }])],
    ['symbol keys of an array', () => Object.assign([1], { [symbol]: 1 }), () => [1]],
    ['symbol keys of a Date', () => Object.assign(new Date(0), { [symbol]: 1 }), () => new Date(0)],
    ['symbols as values', () => symbol, () => Symbol.for('other')],
    ['a symbol and its text', () => symbol, () => 'nest-cachex.test'],
    ['a registered symbol and a well-known one', () => Symbol.for('Symbol.iterator'), () => Symbol.iterator],
    ['classes of the same properties', () => new User('a'), () => new Account('a')],
    ['a class and a class derived from it', () => new User('a'), () => new Admin('a')],
    ['an instance and a plain object', () => new User('a'), () => ({ name: 'a' })],
    ['a Map and a class derived from it', () => new Map(), () => new Bag()],
    ['a Map and an object', () => new Map([['a', 1]]), () => ({ a: 1 })],
    ['a Map and a list of pairs', () => new Map([['a', 1]]), () => [['a', 1]]],
    ['a Set and a list', () => new Set([1]), () => [1]],
    ['what a toJSON() gives and the text', () => new URL('https://example.com/'), () => 'https://example.com/'],
    ['what two classes give by toJSON()', () => new Money('https://a.b/'), () => new URL('https://a.b/')],
    ['a Date and its text', () => new Date(0), () => new Date(0).toISOString()],
    ['a Date and its number', () => new Date(0), () => 0],
    ['a Date and none', () => new Date(0), () => new Date(NaN)],
    ['a Buffer and its kind', () => Buffer.of(1), () => Uint8Array.of(1)],
    ['kinds of typed arrays', () => Int8Array.of(1), () => Uint8Array.of(1)],
    ['a typed array and its buffer', () => Uint8Array.of(1), () => Uint8Array.of(1).buffer],
    ['properties added to an array', () => matched('abc'), () => matched('xbc')],
    ['properties added to bytes', () => withProperty(Buffer.of(1)), () => Buffer.of(1)],
    ['properties added to many bytes', () => withProperty(Buffer.alloc(100_000)), () => Buffer.alloc(100_000)],
    [
      'symbols added to many numbers',
      () => Object.assign(new Float64Array(9000), { [symbol]: 1 }),
      () => new Float64Array(9000),
    ],
    ['properties added to a Map', () => withProperty(new Map()), () => new Map()],
    ['properties added to a Set', () => withProperty(new Set()), () => withProperty(new Set(), 2)],
    ['properties added to an Error', () => withProperty(new Error('a')), () => new Error('a')],
    ['hidden properties', () => hidden(1), () => hidden(2)],
    ['a hidden property and a plain one', () => hidden(1), () => ({ a: 1, hidden: 1 })],
    ['causes of Errors', () => new Error('a', { cause: 1 }), () => new Error('a', { cause: 2 })],
    ['kinds of Errors', () => new TypeError('a'), () => new RangeError('a')],
    ['the Errors of an AggregateError', () => new AggregateError([1]), () => new AggregateError([2])],
    ['where a RegExp goes on', () => started(0), () => started(1)],
    ['flags of a RegExp', () => /a/, () => /a/i],
    ['a missing property and undefined', () => ({}), () => ({ a: undefined })],
    ['null and undefined', () => [null], () => [undefined]],
    ['zeros', () => [0], () => [-0]],
    ['NaN and its text', () => NaN, () => 'NaN'],
    ['numbers and bigints', () => 1, () => 1n],
    ['text with what text is written with', () => ['a', '1"b'], () => ['a,1"1"b']],
    ['halves of emojis', () => '\ud83d', () => '\ud83c'],
    ['half an emoji and how it is written', () => '\ud83d', () => String.raw`u"\ud83d"`],
    ['keys that are halves of emojis', () => ({ '\ud83d': 1 }), () => ({ '\ud83c': 1 })],
  ])('%s', (_, one, other) => {
    expect(digestOf([one()])).not.toBe(digestOf([other()]));
    expect(digestOf([{ in: [one()] }])).not.toBe(digestOf([{ in: [other()] }]));
    expect(digestOf([one()])).toBe(digestOf([one()]));
  });
});

describe('arguments that are equal make equal keys', () => {
  it.each<[string, () => unknown, () => unknown]>([
    [
      'the order of symbol keys',
      () => ({ [symbol]: 1, [Symbol.iterator]: 2 }),
      () => ({ [Symbol.iterator]: 2, [symbol]: 1 }),
    ],
    ['the order of a Map', () => new Map([[1, 2], [3, 4]]), () => new Map([[3, 4], [1, 2]])], // prettier-ignore
    ['the order of a Set', () => new Set([1, '1']), () => new Set(['1', 1])],
    ['objects without a prototype', () => Object.assign(Object.create(null) as object, { a: 1 }), () => ({ a: 1 })],
    ['objects of fast parsers', () => parsed({ a: 1 }), () => ({ a: 1 })],
    [
      'objects of another realm',
      () => runInContext('({ a: [1], b: new Map([[1, 2]]) })', elsewhere),
      () => ({ a: [1], b: new Map([[1, 2]]) }),
    ],
    ['a proxy', () => new Proxy({ a: 1 }, {}), () => ({ a: 1 })],
    [
      'shared parts',
      () => {
        const part = { a: 1 };
        return [part, part];
      },
      () => [{ a: 1 }, { a: 1 }],
    ],
    ['two instances', () => new Formatted('a'), () => new Formatted('a')],
    ['where an Error was made', () => new Error('a'), () => new Error('a')],
    ['parts of a Buffer', () => Buffer.from('abc').subarray(1), () => Buffer.from('bc')],
  ])('whatever %s', (_, one, other) => {
    expect(digestOf([one()])).toBe(digestOf([other()]));
  });
});

describe('ambiguous arguments are refused', () => {
  const doubled = () => {
    let value: unknown = 1;
    for (let level = 0; level < 60; level++) value = [value, value];
    return value;
  };
  const cycle = () => {
    const value: Record<string, unknown> = {};
    return Object.assign(value, { value });
  };

  it.each<[string, () => unknown, RegExp]>([
    ['a symbol', () => Symbol('gt'), /^a symbol not created by Symbol\.for\(\) \(at \[0\]\.in\)\. See/],
    ['a symbol as a key', () => ({ [Symbol('gt')]: 1 }), /^a symbol not created by Symbol\.for\(\)/],
    ['a hidden symbol', () => Object.defineProperty({}, Symbol('gt'), { value: 1 }), /^a symbol/],
    [
      'a symbol as a key in a Map',
      () => new Map([[1, { [Symbol('gt')]: 1 }]]),
      /\(at \[0\]\.in<value in a Map>\)\. See/,
    ],
    ['a symbol as a key of an array', () => Object.assign([], { [Symbol('gt')]: 1 }), /^a symbol/],
    [
      'private fields only',
      () => new Principal('ann'),
      /^an instance of Principal, whose private fields cannot be read/,
    ],
    ['private fields beside others', () => new Mixed('ann'), /^an instance of Mixed, whose private fields/],
    ['private fields of a parent', () => new MixedChild('ann'), /^an instance of Mixed, whose private fields/],
    ['private fields of a Map', () => new Slots(), /^an instance of Slots, whose private fields/],
    ['no properties', () => new Empty(), /^an instance of Empty, which has neither properties nor toJSON\(\)/],
    ['a class without a name', () => new (class { a = 1 })(), /^an instance of a class without a name/], // prettier-ignore
    ['inherited properties', () => Object.create({ role: 'admin' }), /^an object that inherits properties/],
    [
      'a computed hidden property',
      () => Object.defineProperty({}, 'a', { get: () => 1 }),
      /^a computed hidden property/,
    ],
    ['a key object', (): KeyObject => createSecretKey(Buffer.of(1)), /KeyObject/],
    ['a Blob', () => new Blob(['a']), /Blob/],
    ['URLSearchParams', () => new URLSearchParams('a=1'), /URLSearchParams/],
    ['Headers', () => new Headers({ a: 'b' }), /Headers/],
    ['a WeakMap', () => new WeakMap(), /a WeakMap object/],
    ['a Promise', () => Promise.resolve(1), /a Promise object/],
    ['a derived Promise', () => new (class Later extends Promise<number> { override get [Symbol.toStringTag]() { return 'Object'; } })(() => {}), /a Promise object/], // prettier-ignore
    ['a boxed number', () => new Number(1), /a Number object/], // oxlint-disable-line no-new-wrappers
    ['a generator', () => (function* () { yield 1; })(), /Generator/], // prettier-ignore
    ['a function', () => () => 1, /^a function/],
    ['a proxy of a Map', () => new Proxy(new Map(), {}), /a Map object/],
    ['shared memory', () => new Uint8Array(new SharedArrayBuffer(1)), /SharedArrayBuffer/],
    ['holes', () => [1, , 2], /^an array with holes/], // oxlint-disable-line no-sparse-arrays
    ['cycles', cycle, /^a value that contains itself/],
    ['objects that contain each other again and again', doubled, /^more than 1000000 objects/],
  ])('%s', (_, make, message) => {
    const digest = () => digestOf([{ in: make() }]);
    expect(digest).toThrow(SerializerError);
    expect(digest).toThrow(message);
  });
});

describe('nobody gets another’s answer', () => {
  const gt = Symbol.for('gt');
  const lt = Symbol.for('lt');

  it('by operators that are symbols', async () => {
    @Injectable()
    class People {
      @Cacheable()
      async find(age: Record<symbol, number>): Promise<string> {
        return gt in age ? 'old' : 'young';
      }
    }
    const { module } = await apps.module({ providers: [People] });
    const people = module.get(People);
    expect([await people.find({ [gt]: 65 }), await people.find({ [lt]: 18 })]).toEqual(['old', 'young']);
    await expect(people.find({ [Symbol('gt')]: 65 })).rejects.toThrow('@Cacheable on People.find needs a key');
  });

  it.each(['express', 'fastify'] as const)(
    'by what a parameter decorator makes of the request (%s)',
    async (platform) => {
      const Me = createParamDecorator(
        (_: unknown, context: ExecutionContext) =>
          new Principal(
            String(context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-user']),
          ),
      );
      @Controller()
      class Profile {
        @Get('me')
        @Cacheable()
        async me(@Me() me: Principal): Promise<string> {
          await turn();
          return me.id;
        }
        @Get('search')
        @Cacheable()
        async search(@Query() query: object): Promise<object> {
          return query;
        }
      }
      const { request } = await apps.http(platform, { controllers: [Profile] }, (app) => app.useLogger(false));
      const answers = await Promise.all(['ann', 'bob'].map((user) => request('/me', { headers: { 'x-user': user } })));
      expect(answers.map(({ status, cached }) => [status, cached])).toEqual([[500, null], [500, null]]); // prettier-ignore
      expect(await request('/search?a=1&b=2')).toMatchObject({ cached: 'MISS', body: { a: '1', b: '2' } });
      expect(await request('/search?b=2&a=1')).toMatchObject({ cached: 'HIT', body: { a: '1', b: '2' } });
    },
  );
});
