import { z } from 'zod';
import type { ExecutionContext } from '@nestjs/common';
import { type Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  Cacheable,
  CacheableMany,
  CacheEvict,
  CachePut,
  type CachexLock,
  type CachexSemaphore,
  currentLock,
  Idempotent,
  OncePerFleet,
  decodeSinglePost,
  fromContext,
  luaCall,
  LuaScript,
  WithLock,
  WithSemaphore,
} from '../../lib/index.js';

interface User {
  id: string;
  name: string;
}

declare const user: User;

describe('options that are functions of the arguments', () => {
  it('may take them, fewer of them, or less of them', () => {
    class Users {
      @Cacheable({ key: (id: string, page?: number) => `${id}:${page}` })
      async find(_id: string, _page?: number): Promise<User> {
        return user;
      }

      @Cacheable({ key: () => 'all' })
      async all(_id: string): Promise<User[]> {
        return [user];
      }

      @Cacheable({ key: ({ id }: { id: string }) => id, tags: (given: { id: string }) => [given.id] })
      async of(_given: User): Promise<User> {
        return user;
      }

      @Cacheable({
        key: 'user:{0}',
        condition: (id: string, fresh: boolean) => !fresh && id !== '',
        unless: (found: User | null, id: string) => found?.id === id,
      })
      async search(_id: string, _fresh: boolean): Promise<User | null> {
        return null;
      }

      @Cacheable({ key: (...ids: string[]) => ids.join() })
      async many(..._ids: string[]): Promise<User[]> {
        return [user];
      }

      @Cacheable({ http: true })
      async answered(_id: string): Promise<User> {
        return user;
      }

      @Cacheable({
        http: {
          visibility: 'public',
          maxAge: '1m',
          vary: ['accept'],
          etag: (found: User, id: string) => id + found.name,
        },
      })
      async tagged(_id: string): Promise<User> {
        return user;
      }

      @Cacheable({ unless: (found: User) => found.name === '' })
      observed(): Observable<User> {
        return of(user);
      }
    }
    expectTypeOf<Users['find']>().parameters.toEqualTypeOf<[id: string, page?: number]>();
  });

  it('are checked against them', () => {
    class Users {
      // @ts-expect-error the id is a string
      @Cacheable({ key: (id: number) => `${id}` })
      async number(_id: string): Promise<User> {
        return user;
      }

      // @ts-expect-error there is no second argument
      @Cacheable({ key: (id: string, page: number) => `${id}:${page}` })
      async second(_id: string): Promise<User> {
        return user;
      }

      // @ts-expect-error the second argument may be missing
      @Cacheable({ key: (id: string, page: number) => `${id}:${page}` })
      async optional(_id: string, _page?: number): Promise<User> {
        return user;
      }

      // @ts-expect-error a key is a text
      @Cacheable({ key: (id: number) => id })
      async text(_id: number): Promise<User> {
        return user;
      }

      // @ts-expect-error tags take the arguments, too
      @Cacheable({ tags: (id: number) => [`user:${id}`] })
      async tags(_id: string): Promise<User> {
        return user;
      }

      // @ts-expect-error a condition decides
      @Cacheable({ condition: (id: string) => id })
      async condition(_id: string): Promise<User> {
        return user;
      }

      // @ts-expect-error the result is a user
      @Cacheable({ unless: (found: string) => found === '' })
      async unless(_id: string): Promise<User> {
        return user;
      }

      // @ts-expect-error the result is a user
      @Cacheable({ http: { etag: (found: { version: string }) => found.version } })
      async etag(_id: string): Promise<User> {
        return user;
      }

      // @ts-expect-error it is 'private' or 'public'
      @Cacheable({ http: { visibility: 'shared' } })
      async visibility(_id: string): Promise<User> {
        return user;
      }

      // @ts-expect-error an option that does not exist
      @Cacheable({ ttl: 5 })
      async ttl(_id: string): Promise<User> {
        return user;
      }

      // @ts-expect-error a Date is not a timeout
      @Cacheable({ timeout: new Date() })
      async timeout(_id: string): Promise<User> {
        return user;
      }
    }
    expectTypeOf<Users>().toBeObject();
  });

  it('of the other decorators are checked, too', () => {
    class Users {
      @CachePut({ key: (saved: User) => saved.id })
      @CacheEvict({ keys: (saved: User) => [saved.id], pattern: 'list:*', tags: ['users'] })
      @WithLock({ key: (saved: { id: string }) => saved.id, blockingTimeout: '5s' })
      @WithSemaphore({ key: 'saves', capacity: 4, weight: 2 })
      async save(_saved: User): Promise<User> {
        return user;
      }

      // @ts-expect-error the argument is a user
      @CachePut({ key: (id: string) => id })
      async put(_saved: User): Promise<User> {
        return user;
      }

      // @ts-expect-error the key is required
      @CachePut({ timeout: 5 })
      async putWithout(_saved: User): Promise<User> {
        return user;
      }

      // @ts-expect-error the argument is a user
      @CacheEvict({ keys: (ids: string[]) => ids })
      async evict(_saved: User): Promise<User> {
        return user;
      }

      // @ts-expect-error before or after
      @CacheEvict({ all: true, when: 'during' })
      async evictWhen(): Promise<User> {
        return user;
      }

      // @ts-expect-error the argument is a user
      @WithLock({ key: (id: string) => id })
      async lock(_saved: User): Promise<User> {
        return user;
      }

      @WithLock({ key: (from: string, to: string) => [from, to] })
      async transfer(_from: string, _to: string): Promise<void> {}

      @WithLock({ key: ['{accounts}:{0}', '{accounts}:{1}'] })
      async transferBack(_from: string, _to: string): Promise<void> {}

      // @ts-expect-error the arguments are texts
      @WithLock({ key: (from: number, to: number) => [`${from}`, `${to}`] })
      async lockBoth(_from: string, _to: string): Promise<void> {}

      @OncePerFleet({ key: (user: User) => user.name, window: '1m' })
      @Idempotent({ timeout: '24h', by: (user: User) => user.name })
      async pay(_user: User): Promise<void> {}

      // @ts-expect-error the argument is a user
      @OncePerFleet({ key: (id: string) => id, window: '1m' })
      async payOnce(_user: User): Promise<void> {}

      // @ts-expect-error the window is required
      @OncePerFleet({ key: 'pay' })
      async payWhen(_user: User): Promise<void> {}

      // @ts-expect-error the argument is a user
      @Idempotent({ timeout: '24h', by: (id: string) => id })
      async payBy(_user: User): Promise<void> {}

      // @ts-expect-error the timeout is required
      @Idempotent({ by: '{user.id}' })
      async payFor(_user: User): Promise<void> {}

      // @ts-expect-error the capacity is required
      @WithSemaphore({ key: 'saves' })
      async limit(_saved: User): Promise<User> {
        return user;
      }
    }
    expectTypeOf<Users>().toBeObject();
  });
});

describe('decorated methods', () => {
  it('return promises', () => {
    class Users {
      // @ts-expect-error its callers would get a promise
      @Cacheable()
      now(): User {
        return user;
      }

      // @ts-expect-error an iterator cannot be awaited
      @WithLock({ key: 'users' })
      async *each(): AsyncGenerator<User> {
        yield user;
      }
    }
    expectTypeOf<Users>().toBeObject();
  });

  it('may be generic', () => {
    class Items {
      @Cacheable({ key: 'item:{0}' })
      async find<T>(_id: string): Promise<T> {
        return user as T;
      }
    }
    expectTypeOf<Items>().toBeObject();
  });
});

describe('fromContext', () => {
  it('gives what its option wants', () => {
    const key = fromContext((context: ExecutionContext) => context.getClass().name);
    class Users {
      @Cacheable({ key, tags: fromContext(() => ['users']), condition: fromContext(() => true) })
      async read(): Promise<User> {
        return user;
      }

      // @ts-expect-error a key is a text
      @Cacheable({ key: fromContext(() => 5) })
      async number(): Promise<User> {
        return user;
      }
    }
    expectTypeOf<Users>().toBeObject();
  });
});

describe('@LuaScript', () => {
  it('has a method in the type of the result', () => {
    class Stock {
      @LuaScript({ name: 'take', script: 'return 1', numKeys: 1 })
      async take(id: string, units: number): Promise<number> {
        return luaCall({ keys: [id], args: [units] });
      }
      @LuaScript({ name: 'swap', script: 'return 1', postFunc: decodeSinglePost<User> })
      async swap(): Promise<User | undefined> {
        return luaCall<User | undefined>({ args: [user] });
      }
      // @ts-expect-error keys are texts
      wrong = luaCall({ keys: [1] });
    }
    expectTypeOf<Stock['take']>().returns.resolves.toEqualTypeOf<number>();
  });
});

describe('currentLock', () => {
  it('is the handle, outside of a lock none', () => {
    expectTypeOf(currentLock()).toEqualTypeOf<CachexLock | CachexSemaphore | undefined>();
  });

  it('a schema takes what the method returns, and makes what it promises', () => {
    const schema = z.object({ id: z.string(), name: z.string() });
    const dated = z.object({ id: z.string(), name: z.string().transform((text) => new Date(text)) });
    class Users {
      @Cacheable({ key: 'user:{0}', schema })
      async find(_id: string): Promise<User> {
        return user;
      }

      @Cacheable({ key: 'user:{0}', schema })
      async maybe(_id: string): Promise<User | undefined> {
        return user;
      }

      // @ts-expect-error a hit would not be a User
      @Cacheable({ key: 'user:{0}', schema: dated })
      async dated(_id: string): Promise<User> {
        return user;
      }

      // @ts-expect-error no result would match
      @Cacheable({ key: 'user:{0}', schema })
      async count(_id: string): Promise<number> {
        return 1;
      }
    }
    void Users;
  });
});

describe('@CacheableMany', () => {
  it('takes methods of many ids, and functions of one', () => {
    class Users {
      @CacheableMany({ key: (id: string) => `user:${id}`, unless: (found: User, id: string) => found.id !== id })
      async findMany(_ids: string[]): Promise<Map<string, User>> {
        return new Map();
      }

      @CacheableMany({ key: (id: number, team: string) => `${team}:${id}`, tags: (id: number) => [`user:${id}`] })
      async ofTeam(_ids: readonly number[], _team: string): Promise<ReadonlyMap<number, User>> {
        return new Map();
      }

      @CacheableMany({ key: 'user:{0}', returns: 'array', condition: (ids: string[]) => ids.length > 1 })
      async listMany(_ids: string[]): Promise<(User | undefined)[]> {
        return [];
      }
    }
    void Users;
  });

  it('takes a schema of one value, which makes what the method promises', () => {
    const schema = z.object({ id: z.string(), name: z.string() });
    const dated = z.object({ id: z.string(), name: z.string().transform((text) => new Date(text)) });
    class Users {
      @CacheableMany({ key: 'user:{0}', schema })
      async findMany(_ids: string[]): Promise<Map<string, User>> {
        return new Map();
      }

      @CacheableMany({ key: 'user:{0}', schema, returns: 'array' })
      async list(_ids: string[]): Promise<(User | undefined)[]> {
        return [];
      }

      // @ts-expect-error a hit would not hold a User
      @CacheableMany({ key: 'user:{0}', schema: dated })
      async dated(_ids: string[]): Promise<Map<string, User>> {
        return new Map();
      }

      // @ts-expect-error no value would match
      @CacheableMany({ key: 'user:{0}', schema })
      async count(_ids: string[]): Promise<Map<string, number>> {
        return new Map();
      }
    }
    void Users;
  });

  it('refuses others', () => {
    class Users {
      // @ts-expect-error An array must be declared.
      @CacheableMany({ key: (id: string) => id })
      async list(_ids: string[]): Promise<User[]> {
        return [];
      }

      // @ts-expect-error It returns a Map.
      @CacheableMany({ key: (id: string) => id, returns: 'array' })
      async map(_ids: string[]): Promise<Map<string, User>> {
        return new Map();
      }

      // @ts-expect-error It takes one id.
      @CacheableMany({ key: (id: string) => id })
      async find(_id: string): Promise<Map<string, User>> {
        return new Map();
      }

      // @ts-expect-error Ids are strings.
      @CacheableMany({ key: (id: number) => `${id}` })
      async byNumber(_ids: string[]): Promise<Map<string, User>> {
        return new Map();
      }

      // @ts-expect-error The key is required.
      @CacheableMany({ timeout: '5m' })
      async withoutKey(_ids: string[]): Promise<Map<string, User>> {
        return new Map();
      }
    }
    void Users;
  });
});
