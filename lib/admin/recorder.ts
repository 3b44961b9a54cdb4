import { channel } from 'node:diagnostics_channel';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { errorText } from '../errors/error-text.js';
import { quoted } from '../errors/quoted.js';
import { NotSupportedError } from '../index.js';
import type { CachexAdminEvent } from './actions.js';
import { type AdminCache, AdminCaches } from './admin-caches.js';
import type { ResolvedAdminOptions } from './cachex-admin.options.js';
import { resolvedAdminOptionsToken } from './cachex-admin.tokens.js';
import { CacheHistory, type Minute } from './history/cache-history.js';
import { type ChangeMark, ChangeMarks } from './history/change-marks.js';
import { CommandTimes } from './history/command-times.js';
import { minuteOf } from './history/day.js';
import { FleetHistory } from './history/fleet-history.js';
import { type HistoryView, type Range, ranges, viewOf } from './history/history-view.js';

interface Recorded {
  readonly admin: AdminCache;
  readonly history: CacheHistory;
  readonly marks: ChangeMarks;
  readonly fleet: FleetHistory | undefined;
  /** Whether the log already reports that the fleet's history fails. */
  isSilent: boolean;
}

const secondMs = 1000;

/** Records the activity of the caches once a second and once a minute, from the start of the application. */
@Injectable()
export class Recorder implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('CachexAdmin');
  private readonly recorded = new Map<string, Recorded>();
  private readonly times = new CommandTimes((message, ms) =>
    this.recorded.get(message.cache)?.history.answered(message, ms),
  );
  private readonly startedAt = Date.now();
  private minute = minuteOf(this.startedAt);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly caches: AdminCaches,
    @Inject(resolvedAdminOptionsToken) private readonly options: ResolvedAdminOptions,
  ) {}

  onApplicationBootstrap(): void {
    const { history } = this.options;
    if (history === false) return;
    for (const admin of this.caches.all()) {
      this.recorded.set(admin.name, {
        admin,
        history: new CacheHistory(admin.peek.counters),
        marks: new ChangeMarks(),
        fleet: history === 'fleet' ? new FleetHistory(admin.cache, admin.pool) : undefined,
        isSilent: false,
      });
    }
    adminChannel.subscribe(this.mark);
    this.next();
    this.timer = setInterval(() => this.next(), secondMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    adminChannel.unsubscribe(this.mark);
    this.times.stop();
    for (const { history } of this.recorded.values()) history.stop();
  }

  /** @throws NotSupportedError if nothing is recorded, or nothing of all processes */
  async view(name: string, of: HistoryView['of'], range: Range, prefix: string | undefined): Promise<HistoryView> {
    const recorded = this.recorded.get(name);
    if (!recorded) throw new NotSupportedError('No history is recorded, because CachexAdminModule has history: false');
    const now = Date.now();
    const { days, changes } = of === 'fleet' ? await ofFleet(recorded, range, now) : ofProcess(recorded, now);
    const view = viewOf(days, range, prefix, now);
    const start = view.points[0]!.at;
    return {
      of,
      hasFleet: recorded.fleet !== undefined,
      recordedSince: this.startedAt,
      ...view,
      changes: changes.filter(({ at }) => at >= start).toSorted((a, b) => b.at - a.at),
    };
  }

  /** Ends the minute; resolves after all processes can read it. */
  async turn(minute: number): Promise<void> {
    await Promise.all(Array.from(this.recorded.values(), (recorded) => this.turnOf(recorded, minute)));
  }

  private next(): void {
    const minute = minuteOf(Date.now());
    if (minute !== this.minute) {
      void this.turn(this.minute);
      this.minute = minute;
    } else {
      for (const { history } of this.recorded.values()) history.next();
    }
    this.times.next();
  }

  private async turnOf(recorded: Recorded, minute: number): Promise<void> {
    const { admin, history, fleet } = recorded;
    const over = history.turn(minute);
    const [stats] = await Promise.all([admin.cache.stats(), fleet && this.write(recorded, fleet, over)]);
    history.evicted(minute, stats.evictions);
  }

  /** During an outage, other processes miss a minute of this process. The log reports it once. */
  private async write(recorded: Recorded, fleet: FleetHistory, minute: Minute): Promise<void> {
    try {
      await fleet.write(minute);
      recorded.isSilent = false;
    } catch (error) {
      this.complain(recorded, error);
    }
  }

  private complain(recorded: Recorded, error: unknown): void {
    if (recorded.isSilent) return;
    recorded.isSilent = true;
    const name = quoted(recorded.admin.name);
    this.logger.warn(`Cannot record the history of the cache ${name} for all processes: ${errorText(error)}`);
  }

  private readonly mark = (message: unknown): void => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the library publishes on this channel
    const { at, action, cache, user, version, scope, key, pattern, deleted, outcome } = message as CachexAdminEvent;
    const recorded = this.recorded.get(cache);
    if (!recorded || !deletions.has(action) || (outcome !== 'done' && !deleted)) return;
    // A name in another version may be a session ID, and a tenant's name is not for every user.
    const isTold = version === undefined && scope === undefined;
    const mark: ChangeMark = {
      at: at.getTime(),
      action,
      user,
      ...(isTold && { key, pattern }),
      deleted,
    };
    recorded.marks.add(mark);
    recorded.fleet?.mark(mark).catch((error: unknown) => this.complain(recorded, error));
  };
}

const adminChannel = channel('nest-cachex:admin');
const deletions: ReadonlySet<CachexAdminEvent['action']> = new Set(['delete', 'deleteMany', 'clear', 'flush']);

const ofProcess = ({ history, marks }: Recorded, now: number) => ({
  days: history.now(minuteOf(now)),
  changes: marks.all(),
});

async function ofFleet({ fleet }: Recorded, range: Range, now: number) {
  if (!fleet)
    throw new NotSupportedError("Processes are not told of each other: history: 'fleet' of CachexAdminModule");
  const days = await fleet.read(minuteOf(now) - ranges[range].minutes - ranges[range].step, minuteOf(now));
  return { days, changes: await fleet.marks() };
}
