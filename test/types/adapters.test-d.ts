import type { SessionStore } from '@fastify/session';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Cache } from 'drizzle-orm/cache/core';
import type { SessionData, Store } from 'express-session';
import type { KeyvStoreAdapter } from 'keyv';
import type { KeyvBridgeStore } from 'keyv-6';
import type { PubSubEngine } from 'graphql-subscriptions';
import type { DataSource } from 'typeorm';
import { describe, expectTypeOf, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { CachexDrizzleCache } from '../../lib/drizzle/index.js';
import { CachexPubSub } from '../../lib/graphql/index.js';
import { CachexKeyv } from '../../lib/keyv/index.js';
import { CachexSessionStore } from '../../lib/session/index.js';
import { CachexThrottlerStorage } from '../../lib/throttler/index.js';
import { CachexQueryResultCache } from '../../lib/typeorm/index.js';

declare const cache: CachexService;

describe('what adapters are to the packages that they are for', () => {
  it('throttler', () => {
    expectTypeOf<CachexThrottlerStorage>().toExtend<ThrottlerStorage>();
    // @ts-expect-error There are three values.
    void new CachexThrottlerStorage(cache, { onError: 'ignore' });
  });

  it('keyv', () => {
    expectTypeOf<CachexKeyv>().toExtend<KeyvStoreAdapter>();
    expectTypeOf<CachexKeyv>().toExtend<KeyvBridgeStore>();
    expectTypeOf<CachexKeyv['get']>().toBeCallableWith('key');
  });

  it('session', () => {
    expectTypeOf<CachexSessionStore>().toExtend<Store>();
    expectTypeOf<CachexSessionStore>().toExtend<SessionStore>();
    new CachexSessionStore(cache).get<SessionData>('sid', (_, session) => {
      expectTypeOf(session).toEqualTypeOf<SessionData | null | undefined>();
    });
    // @ts-expect-error A session must end.
    void new CachexSessionStore(cache, { timeout: null });
  });

  it('ORMs and GraphQL', () => {
    expectTypeOf<CachexDrizzleCache>().toExtend<Cache>();
    expectTypeOf<CachexQueryResultCache>().toExtend<NonNullable<DataSource['queryResultCache']>>();
    expectTypeOf<CachexPubSub>().toExtend<PubSubEngine>();
    // @ts-expect-error There are two values.
    void new CachexDrizzleCache(cache, { strategy: 'some' });
  });
});
