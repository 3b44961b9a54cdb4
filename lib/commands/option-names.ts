import type { ClientOptions } from '../cachex.service.js';
import type { GetOrSetOptions } from '../caching/get-or-set.options.js';
import type { KeysOptions, IterationOptions } from '../keyspace/scan.js';
import type { AcquireOptions, SemaphoreOptions } from '../locking/claim-options.js';
import type { NamesOf } from '../arguments/option-names.js';
import type { ExecuteOptions, PipelineOptions } from '../pipeline/pipeline.js';
import type { BlockingOptions } from './blocking-list.commands.js';
import type { TwoKeyOptions, VersionOption } from './command-group.js';
import type { TouchOptions } from './key.commands.js';
import type { LposOptions } from './list.commands.js';
import type { MatchOptions, ScanOptions } from './scan.js';
import type { ZaddOptions } from './sorted-set.commands.js';
import type { ZrangeByScoreOptions, ZrangeOptions } from './sorted-set-range.commands.js';
import type {
  XgroupCreateOptions,
  XgroupDelconsumerOptions,
  XgroupSetidOptions,
  XreadgroupOptions,
} from './stream-group.commands.js';
import type { XautoclaimOptions, XclaimOptions, XpendingOptions } from './stream-pending.commands.js';
import type { StreamWait, XaddOptions, XrangeOptions, XreadOptions, XtrimOptions } from './stream.commands.js';
import type { AddOptions, GetOptions, IncrOptions, SetOptions } from './string.commands.js';

/** What each call takes; those that take a version only have no table of their own. */
export const versionNames = { version: true } as const satisfies NamesOf<VersionOption>;

export const touchNames: NamesOf<TouchOptions> = { ...versionNames, stampede: true };
export const getNames: NamesOf<GetOptions> = { ...touchNames, default: true };
export const setManyNames: NamesOf<Pick<SetOptions, 'version' | 'stampede' | 'timeout' | 'tags'>> = {
  ...touchNames,
  timeout: true,
  tags: true,
};
export const addNames: NamesOf<AddOptions> = { ...setManyNames, keepTtl: true };
export const setNames: NamesOf<SetOptions> = { ...addNames, nx: true, xx: true, get: true };
export const incrNames: NamesOf<IncrOptions> = { ...versionNames, initial: true, timeout: true };
export const getOrSetNames: NamesOf<GetOrSetOptions> = {
  ...setManyNames,
  jitter: true,
  grace: true,
  softTimeout: true,
  hardTimeout: true,
  lock: true,
  onStale: true,
};
export const lockNames: NamesOf<Omit<SemaphoreOptions, 'weight'>> = {
  ...versionNames,
  timeout: true,
  autoExtend: true,
  sleep: true,
  blocking: true,
  blockingTimeout: true,
};
export const semaphoreNames: NamesOf<SemaphoreOptions> = { ...lockNames, weight: true };
export const pipelineNames: NamesOf<PipelineOptions & VersionOption> = { ...versionNames, transaction: true };

export const executeNames: NamesOf<ExecuteOptions> = { throwOnError: true };
export const acquireNames: NamesOf<AcquireOptions> = { blocking: true, blockingTimeout: true, signal: true };
export const clientNames: NamesOf<ClientOptions> = { write: true };

export const twoKeyNames: NamesOf<TwoKeyOptions> = { ...versionNames, versionSrc: true, versionDst: true };
export const iterationNames: NamesOf<IterationOptions> = { ...versionNames, itersize: true };
export const scanNames: NamesOf<ScanOptions> = { ...versionNames, count: true };
export const matchNames: NamesOf<MatchOptions> = { ...scanNames, match: true };
export const keysNames: NamesOf<KeysOptions> = { ...scanNames, pattern: true };

export const lposNames: NamesOf<LposOptions> = { ...versionNames, rank: true, count: true, maxlen: true };
export const blockingNames: NamesOf<BlockingOptions> = { ...versionNames, signal: true };
export const blmoveNames: NamesOf<BlockingOptions & TwoKeyOptions> = { ...twoKeyNames, signal: true };

export const zaddNames: NamesOf<ZaddOptions> = {
  ...versionNames,
  nx: true,
  xx: true,
  gt: true,
  lt: true,
  ch: true,
  incr: true,
};
export const zrevrangeNames: NamesOf<Omit<ZrangeOptions, 'desc'>> = { ...versionNames, withScores: true };
export const zrangeNames: NamesOf<ZrangeOptions> = { ...zrevrangeNames, desc: true };
export const zrangeByScoreNames: NamesOf<ZrangeByScoreOptions> = { ...zrevrangeNames, offset: true, count: true };

export const xtrimNames: NamesOf<XtrimOptions> = {
  ...versionNames,
  maxlen: true,
  minid: true,
  approximate: true,
  limit: true,
};
export const xaddNames: NamesOf<XaddOptions> = { ...xtrimNames, id: true, nomkstream: true };
export const xrangeNames: NamesOf<XrangeOptions> = { ...versionNames, count: true };
export const xreadNames: NamesOf<XreadOptions & StreamWait> = {
  ...versionNames,
  count: true,
  block: true,
  signal: true,
};
export const xreadgroupNames: NamesOf<XreadgroupOptions & StreamWait> = { ...xreadNames, noack: true };
export const xgroupSetidNames: NamesOf<XgroupSetidOptions> = { ...versionNames, entriesRead: true };
export const xgroupCreateNames: NamesOf<XgroupCreateOptions> = { ...xgroupSetidNames, mkstream: true };
export const xgroupDelconsumerNames: NamesOf<XgroupDelconsumerOptions> = { ...versionNames, unlessPending: true };
export const xpendingNames: NamesOf<XpendingOptions> = {
  ...versionNames,
  count: true,
  start: true,
  end: true,
  consumer: true,
  idle: true,
};
export const xautoclaimNames: NamesOf<XautoclaimOptions> = { ...versionNames, count: true, justid: true };
export const xclaimNames: NamesOf<XclaimOptions> = {
  ...versionNames,
  idle: true,
  time: true,
  retrycount: true,
  force: true,
  justid: true,
};
