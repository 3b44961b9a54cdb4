import { Injectable, Module } from '@nestjs/common';
import {
  Cacheable,
  type CachexOptions,
  CachexModule,
  CachexService,
  CommandError,
  InjectCachex,
  type KeyFunction,
  luaCall,
  LuaScript,
  WithLock,
} from 'nest-cachex';
import { CachexAdminModule } from 'nest-cachex/admin';
import { CachexHealthIndicator, CachexHealthModule } from 'nest-cachex/health';
import { CachexMetricsModule } from 'nest-cachex/metrics';
import { CachexInstrumentation } from 'nest-cachex/opentelemetry';
import { CachexTesting, CachexTestingModule } from 'nest-cachex/testing';

/* An application's declarations, for a compiler to check. Nobody runs it. */

type IsAny<T> = 0 extends 1 & T ? true : false;
function isTyped<T>(_value: T, ..._no: IsAny<T> extends true ? ['its type is any'] : []): void {}

interface User {
  readonly name: string;
}

@Injectable()
export class Users {
  constructor(
    private readonly cache: CachexService,
    @InjectCachex('sessions') private readonly sessions: CachexService,
  ) {}

  @Cacheable({ key: (id: string) => `user:${id}`, timeout: '5m', tags: ['users'] })
  @WithLock({ key: 'users', blockingTimeout: '5s' })
  find(id: string): Promise<User> {
    return Promise.resolve({ name: id });
  }

  // @ts-expect-error -- the parameter of the key function has another type
  @Cacheable({ key: (id: number) => `user:${id}` })
  wrong(id: string): Promise<string> {
    return Promise.resolve(id);
  }

  @LuaScript({ name: 'add', script: 'return ARGV[1]' })
  add(value: number): Promise<number> {
    return luaCall({ keys: [], args: [value] });
  }

  async all(): Promise<void> {
    const user: User = await this.cache.getOrSet(
      'user',
      ({ signal }) => Promise.resolve({ name: signal.aborted ? 'none' : 'Ada' }),
      '5m',
    );
    const [written, found, length] = await this.cache
      .pipeline()
      .set('a', user)
      .hget<User>('b', 'c')
      .llen('d')
      .execute();
    const checked: [boolean, User | undefined, number] = [written, found, length];
    isTyped(checked);
    isTyped(await this.sessions.ttl('a'));
    // @ts-expect-error -- a timeout is not a Date
    await this.cache.set('a', 1, new Date());
    await this.cache
      .lock('a')
      .acquire()
      .catch((error: unknown) => error instanceof CommandError && error.code);
  }
}

const keyFunction: KeyFunction = {
  make: (key, prefix, version) => [prefix, version, key].join('/'),
  reverse: (wire) => ({ key: wire, version: '1' }),
};
const options: CachexOptions = { connection: { type: 'standalone', host: 'localhost' }, keyFunction };
isTyped(CachexModule.forRoot(options));
isTyped(new CachexTesting().clock.now());
isTyped(CachexHealthIndicator.prototype.isHealthy);
isTyped(new CachexInstrumentation());

@Module({
  imports: [
    CachexModule.forRoot(options),
    CachexModule.forRootAsync({ name: 'sessions', useFactory: () => ({ serializer: ['msgpack', 'json'] }) }),
    CachexAdminModule.forRoot(),
    CachexHealthModule,
    CachexMetricsModule.forRoot(),
    CachexTestingModule.forRoot({ name: 'tests' }),
  ],
  providers: [Users],
})
export class AppModule {}
