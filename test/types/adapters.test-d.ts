import type { SessionStore } from '@fastify/session';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { SessionData, Store } from 'express-session';
import type { KeyvStoreAdapter } from 'keyv';
import type { KeyvBridgeStore } from 'keyv-6';
import { describe, expectTypeOf, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { CachexKeyv } from '../../lib/keyv/index.js';
import { CachexSessionStore } from '../../lib/session/index.js';
import { CachexThrottlerStorage } from '../../lib/throttler/index.js';

declare const cache: CachexService;

describe('what adapters are to the packages that they are for', () => {
  it('throttler', () => {
    expectTypeOf<CachexThrottlerStorage>().toExtend<ThrottlerStorage>();
    // @ts-expect-error It is one of three.
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
    // @ts-expect-error A session has an end.
    void new CachexSessionStore(cache, { timeout: null });
  });
});
