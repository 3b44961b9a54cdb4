import { Injectable } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { Cacheable, FactoryTimeoutError } from '../../lib/index.js';
import { expectNoUnhandledRejections } from '../caching/unhandled-rejections.js';
import { startServer } from '../servers/server.js';
import { useApplications } from './harness.js';

const apps = useApplications();
expectNoUnhandledRejections();

@Injectable()
class Web {
  runs = 0;

  @Cacheable({ key: 'response' })
  async response(): Promise<Response> {
    this.runs++;
    return new Response('1');
  }

  @Cacheable({ key: 'numbers' })
  async numbers(): Promise<Generator<number>> {
    this.runs++;
    return (function* () {
      yield 1;
    })();
  }

  @Cacheable({ key: 'handle' })
  async handle(): Promise<{ close(): void }> {
    this.runs++;
    return { close: () => undefined };
  }

  @Cacheable({ key: 'data' })
  async data(): Promise<{ viewer: string }> {
    this.runs++;
    return { viewer: '' };
  }

  @Cacheable({ key: 'hung', hardTimeout: '400ms' })
  async hung(isHung: boolean): Promise<string> {
    this.runs++;
    return isHung ? new Promise<string>(() => undefined) : 'made';
  }
}

describe.each(['answering', 'away'])('a method called by several at once, its server %s', (state) => {
  const start = async () => {
    const server = await startServer({ engine: 'redis' });
    apps.closing(async () => server.isAnswering && (await server.stop()));
    const { module } = await apps.module({ providers: [Web] }, { connection: `${server.url}?commandTimeout=1s` });
    if (state === 'away') await server.stop();
    return module.get(Web);
  };

  it('runs for each caller if its result cannot be copied', async () => {
    const web = await start();
    const responses = await Promise.all([web.response(), web.response(), web.response()]);
    expect(await Promise.all(responses.map((response) => response.json()))).toEqual([1, 1, 1]);
    const numbers = await Promise.all([web.numbers(), web.numbers()]);
    expect(numbers.map((each) => [...each])).toEqual([[1], [1]]);
    const [one, other] = await Promise.all([web.handle(), web.handle()]);
    expect(one).not.toBe(other);
    expect(web.runs).toBe(7);
  });

  it('runs once if it can, and no caller sees another’s changes', async () => {
    const web = await start();
    const viewers = await Promise.all(
      ['ann', 'bob', 'eve'].map(async (name) => {
        const data = await web.data();
        data.viewer += name;
        return data.viewer;
      }),
    );
    expect([viewers, web.runs]).toEqual([['ann', 'bob', 'eve'], 1]);
  });

  it('ends at its hardTimeout', async () => {
    const web = await start();
    await expect(web.hung(true)).rejects.toThrow(FactoryTimeoutError);
  });
});

describe('a method with hardTimeout on a frozen server', { timeout: 4000 }, () => {
  it('runs in the remaining time', async () => {
    const { module } = await apps.module({ providers: [Web] });
    const web = module.get(Web);
    apps.server.pause();
    try {
      expect(await web.hung(false)).toBe('made');
      await expect(web.hung(true)).rejects.toThrow(FactoryTimeoutError);
    } finally {
      apps.server.resume();
    }
  });
});
