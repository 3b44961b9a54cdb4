import { ThrottlerStorageService } from '@nestjs/throttler';
import { Test, type TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CachexService } from '../../lib/index.js';
import { CachexTesting, CachexTestingModule } from '../../lib/testing/index.js';
import { CachexThrottlerStorage, type ThrottlerRecord } from '../../lib/throttler/index.js';

/** No sum of them comes close to a limit of 400 or 1000 ms: between the two calls, some real time passes. */
const pause = fc.integer({ min: 0, max: 5 }).map((count) => count * 150);
const steps = fc.array(pause, { minLength: 1, maxLength: 40 });

describe('the storage of throttlers compared with the one in memory', () => {
  let app: TestingModule;
  let testing: CachexTesting;
  let ours: CachexThrottlerStorage;
  let serial = 0;

  beforeAll(async () => {
    app = await Test.createTestingModule({ imports: [CachexTestingModule.forRoot()] }).compile();
    await app.init();
    testing = app.get(CachexTesting);
    ours = new CachexThrottlerStorage(app.get(CachexService));
  });
  afterEach(() => void vi.useRealTimers());
  afterAll(() => app.close());

  /** The common part of both answers to the same hits. */
  async function play(pauses: readonly number[], blockDuration: number) {
    const theirs = new ThrottlerStorageService();
    const key = String(++serial);
    const answers: { our: unknown; their: unknown }[] = [];
    for (const pause of pauses) {
      testing.clock.advance(pause / 1000);
      vi.setSystemTime(testing.clock.now());
      const call = [key, 1000, 3, blockDuration, 'default'] as const;
      const [our, their] = [await ours.increment(...call), await theirs.increment(...call)];
      answers.push({ our: said(our), their: said(their) });
    }
    theirs.onApplicationShutdown();
    return answers;
  }

  it.each([0, 400])('counts and blocks alike, under a blockDuration of %s ms', async (blockDuration) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const property = fc.asyncProperty(steps, async (pauses) => {
      const answers = await play(pauses, blockDuration);
      expect(answers.map(({ our }) => our)).toEqual(answers.map(({ their }) => their));
    });
    expect(await fc.check(property, { numRuns: 60 })).toMatchObject({ failed: false });
  });
});

const said = ({ totalHits, isBlocked, timeToBlockExpire }: ThrottlerRecord): object =>
  isBlocked ? { isBlocked, timeToBlockExpire } : { isBlocked, totalHits };
