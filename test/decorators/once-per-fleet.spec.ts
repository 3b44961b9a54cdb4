import { Injectable, Logger, Module, type ModuleMetadata, Scope, type Type } from '@nestjs/common';
import { Cron, Interval, ScheduleModule } from '@nestjs/schedule';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionError, OncePerFleet, type OncePerFleetOptions } from '../../lib/index.js';
import { waitFor } from '../servers/wait-for.js';
import { useApplications } from './harness.js';

const apps = useApplications();

@Injectable()
class Jobs {
  readonly runs: string[] = [];

  @OncePerFleet({ window: '10s' })
  async nightly(): Promise<string> {
    this.runs.push('nightly');
    return 'done';
  }

  @OncePerFleet({ key: (tenant: string) => `report:${tenant}`, window: '10s' })
  async report(tenant: string): Promise<void> {
    this.runs.push(tenant);
  }

  @OncePerFleet({ key: 'shared', window: '10s' })
  async failing(): Promise<void> {
    this.runs.push('failing');
    throw new Error('the job failed');
  }

  @OncePerFleet({ key: 'any', window: '10s', onError: 'run' })
  async anyway(): Promise<void> {
    this.runs.push('anyway');
  }

  @OncePerFleet({ key: 'never', window: '10s', onError: 'throw' })
  async orThrow(): Promise<void> {
    this.runs.push('orThrow');
  }
}

@Injectable()
class Timed {
  ticks = 0;
  runs = 0;

  @Interval(40)
  async tick(): Promise<void> {
    this.ticks++;
    await this.once();
  }

  @OncePerFleet({ window: '1h' })
  async once(): Promise<void> {
    this.runs++;
  }

  @OncePerFleet({ key: 'under', window: '1h' })
  @Cron('* * * * * *')
  async under(): Promise<void> {
    this.runs += 100;
  }
}

const start = async () => {
  const [one, other] = [await apps.module({ providers: [Jobs] }), await apps.module({ providers: [Jobs] })];
  return { one: one.module.get(Jobs), other: other.module.get(Jobs) };
};

describe('@OncePerFleet', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('runs in the first process for an instant; the others get undefined', async () => {
    const { one, other } = await start();
    expect([await one.nightly(), await other.nightly(), await one.nightly()]).toEqual(['done', undefined, undefined]);
    const later = Date.now() + 60_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    expect([await other.nightly(), await one.nightly()]).toEqual(['done', undefined]);
    expect([one.runs.length, other.runs.length]).toEqual([1, 1]);
  });

  it('counts each key separately', async () => {
    const { one, other } = await start();
    for (const tenant of ['a', 'b', 'a']) await Promise.all([one.report(tenant), other.report(tenant)]);
    expect([...one.runs, ...other.runs].toSorted()).toEqual(['a', 'b']);
  });

  it('does not run in another process after a failure', async () => {
    const { one, other } = await start();
    await expect(one.failing()).rejects.toThrow('the job failed');
    expect(await other.failing()).toBeUndefined();
    expect(other.runs).toEqual([]);
  });

  it('while Redis is away does not run, with a log line; runs or fails if the option says so', async () => {
    const { one } = await start();
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await apps.server.kill();
    try {
      expect(await one.nightly()).toBeUndefined();
      expect(one.runs).toEqual([]);
      await one.anyway();
      await expect(one.orThrow()).rejects.toThrow(ConnectionError);
      expect(one.runs).toEqual(['anyway']);
      const said = warn.mock.calls.map(([text]) => String(text));
      expect(said).toContainEqual(expect.stringMatching(/^Jobs\.nightly does not run at this instant: /));
      expect(said).toContainEqual(
        expect.stringMatching(/^Jobs\.anyway runs, though other processes may run it, too: /),
      );
    } finally {
      await apps.server.start();
    }
  });

  it('works with the timers of @nestjs/schedule, on whichever side of them it is written', async () => {
    const { module } = await apps.module({ imports: [ScheduleModule.forRoot()], providers: [Timed] });
    const timed = module.get(Timed);
    await waitFor(() => timed.ticks > 3 && timed.runs >= 100, { what: 'the timers' });
    expect(timed.runs).toBe(101);
  });

  it('runs an override and what it calls by super, each once', async () => {
    class Base {
      @OncePerFleet({ window: '1h' })
      async run(): Promise<string | undefined> {
        return 'base';
      }
    }
    @Injectable()
    class Special extends Base {
      @OncePerFleet({ window: '1h' })
      override async run(): Promise<string | undefined> {
        return `special ${await super.run()}`;
      }
    }
    const { module } = await apps.module({ providers: [Special] });
    expect(await module.get(Special).run()).toBe('special base');
    expect(await module.get(Special).run()).toBeUndefined();
  });

  describe('without a key', () => {
    const declare = (key?: string) => {
      class Report {
        @OncePerFleet({ window: '1h', ...(key && { key }) })
        async run(): Promise<string> {
          return 'done';
        }
      }
      return Report;
    };
    const twoModules = (One: Type, Other: Type): ModuleMetadata => {
      @Module({ providers: [One] })
      class OneModule {}
      @Module({ providers: [Other] })
      class OtherModule {}
      return { imports: [OneModule, OtherModule] };
    };
    const twoObjects = (Report: Type): ModuleMetadata => ({
      providers: [Report, { provide: 'other', useFactory: () => new Report() as object }],
    });
    const two = /^Two methods are named Report\.run and .* a key \(@OncePerFleet\)/;
    const several = '@OncePerFleet on Report.run needs a key: RootTestModule has several instances of Report, and only';

    it.each<[string, () => ModuleMetadata, RegExp | string]>([
      ['two classes of one name', () => twoModules(declare(), declare()), two],
      ['one class in two modules', () => ((Report) => twoModules(Report, Report))(declare()), two],
      ['two objects of one class', () => twoObjects(declare()), several],
    ])('%s, of which one would never run, are refused at start', async (_, metadata, why) => {
      await expect(apps.module(metadata())).rejects.toThrow(why);
    });

    it('a transient class, or one made for each request, is one job', async () => {
      const Report = declare();
      Injectable({ scope: Scope.TRANSIENT })(Report);
      @Injectable({ scope: Scope.REQUEST })
      class Requested extends Report {}
      const { module } = await apps.module({ providers: [Report, Requested] });
      for (const job of [Report, Requested]) {
        const [one, other] = [await module.resolve(job), await module.resolve(job)];
        expect([await one.run(), await other.run()]).toEqual(['done', undefined]);
      }
    });
  });

  it.each<[string, object]>([
    ['no window', {}],
    ['a window of 0', { window: 0 }],
    ['a window that never ends', { window: null }],
    ['an unknown onError', { window: 1, onError: 'allow' }],
    ['an option that nobody knows', { window: 1, ttl: 1 }],
    ['a version that cannot be', { window: 1, version: 'a:b' }],
    ['an empty key', { window: 1, key: '' }],
  ])('refuses %s where it is written', (_, options) => {
    expect(() => OncePerFleet(options as OncePerFleetOptions)).toThrow(
      /TypeError|RangeError|window|onError|ttl|version|key/,
    );
  });
});
