import { Injectable } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Cacheable, CachexService } from '../../lib/index.js';
import { deferred } from '../caching/deferred.js';
import { expectNoUnhandledRejections } from '../caching/unhandled-rejections.js';
import { useApplications } from './harness.js';

const apps = useApplications();
expectNoUnhandledRejections();

const both = deferred<void>();
let started = 0;
const meet = (): Promise<void> => {
  if (++started === 2) both.resolve();
  return both.promise;
};

@Injectable()
class Org {
  constructor(private readonly cache: CachexService) {}

  @Cacheable({ key: 'user', version: 1 })
  async user(isWhole = true): Promise<object> {
    if (isWhole) await meet();
    return { team: isWhole && (await this.team(false)) };
  }

  @Cacheable({ key: 'team' })
  async team(isWhole = true): Promise<object> {
    if (isWhole) await meet();
    return { lead: isWhole && (await this.user(false)) };
  }

  @Cacheable({ key: 'outer', version: 1 })
  async outer(): Promise<unknown> {
    return { inner: await this.inner() };
  }

  @Cacheable({ key: 'outer', version: '1' })
  async inner(): Promise<unknown> {
    return { direct: await this.cache.getOrSet('outer', () => 'direct') };
  }
}

describe('methods that need each other', { timeout: 8000 }, () => {
  it.each(['answering', 'away'])('do not hang, their server %s', async (state) => {
    const { module } = await apps.module({ providers: [Org] }, { connection: `${apps.server.url}?commandTimeout=1s` });
    const org = module.get(Org);
    started = 0;
    if (state === 'away') await apps.server.stop();
    expect(await Promise.all([org.user(), org.team()])).toEqual([
      { team: expect.anything() as object },
      { lead: expect.anything() as object },
    ]);
    const outer = state === 'away' ? org.outer().catch(() => 'direct call failed') : org.outer();
    expect(await outer).toEqual({ inner: { direct: 'direct' } });
  });
});
