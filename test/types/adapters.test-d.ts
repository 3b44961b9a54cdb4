import type { ThrottlerStorage } from '@nestjs/throttler';
import type { KeyvStoreAdapter } from 'keyv';
import type { KeyvBridgeStore } from 'keyv-6';
import { describe, expectTypeOf, it } from 'vitest';
import type { CachexService } from '../../lib/index.js';
import { CachexKeyv } from '../../lib/keyv/index.js';
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
});
