import type { GetOrSetOptions } from '../caching/get-or-set.options.js';
import type { KeysOptions, IterationOptions } from '../keyspace/scan.js';
import type { SemaphoreOptions } from '../locking/claim-options.js';
import type { NamesOf } from '../options/option-names.js';
import type { PipelineOptions } from '../pipeline/pipeline.js';
import type { BlockingOptions } from './blocking-list.commands.js';
import type { TwoKeyOptions, VersionOption } from './command-group.js';
import type { TouchOptions } from './key.commands.js';
import type { LposOptions } from './list.commands.js';
import type { MatchOptions } from './scan.js';
import type { ZaddOptions } from './sorted-set.commands.js';
import type { ZrangeByScoreOptions, ZrangeOptions } from './sorted-set-range.commands.js';
import type { XgroupCreateOptions, XgroupDelconsumerOptions, XreadgroupOptions } from './stream-group.commands.js';
import type { XautoclaimOptions, XclaimOptions, XpendingOptions } from './stream-pending.commands.js';
import type { StreamWait, XaddOptions, XrangeOptions } from './stream.commands.js';
import type { GetOptions, IncrOptions, SetOptions } from './string.commands.js';

const version = { version: true } as const satisfies NamesOf<VersionOption>;

export const touchNames: NamesOf<TouchOptions> = { ...version, stampede: true };
export const getNames: NamesOf<GetOptions> = { ...touchNames, default: true };
export const setManyNames: NamesOf<Pick<SetOptions, 'version' | 'stampede' | 'timeout' | 'tags'>> = {
  ...touchNames,
  timeout: true,
  tags: true,
};
export const setNames: NamesOf<SetOptions> = { ...setManyNames, nx: true, xx: true, get: true, keepTtl: true };
export const incrNames: NamesOf<IncrOptions> = { ...version, initial: true, timeout: true };
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
  ...version,
  timeout: true,
  autoExtend: true,
  sleep: true,
  blocking: true,
  blockingTimeout: true,
};
export const semaphoreNames: NamesOf<SemaphoreOptions> = { ...lockNames, weight: true };
export const pipelineNames: NamesOf<PipelineOptions & VersionOption> = { ...version, transaction: true };

type CommandOptions = BlockingOptions &
  IterationOptions &
  KeysOptions &
  LposOptions &
  MatchOptions &
  StreamWait &
  TwoKeyOptions &
  XaddOptions &
  XautoclaimOptions &
  XclaimOptions &
  XgroupCreateOptions &
  XgroupDelconsumerOptions &
  XpendingOptions &
  XrangeOptions &
  XreadgroupOptions &
  ZaddOptions &
  ZrangeByScoreOptions &
  ZrangeOptions;

/** What any of the other commands takes beside the version. */
export const commandNames: NamesOf<CommandOptions> = {
  ...version,
  approximate: true,
  block: true,
  ch: true,
  consumer: true,
  count: true,
  desc: true,
  end: true,
  entriesRead: true,
  force: true,
  gt: true,
  id: true,
  idle: true,
  incr: true,
  itersize: true,
  justid: true,
  limit: true,
  lt: true,
  match: true,
  maxlen: true,
  minid: true,
  mkstream: true,
  noack: true,
  nomkstream: true,
  nx: true,
  offset: true,
  pattern: true,
  rank: true,
  retrycount: true,
  signal: true,
  start: true,
  time: true,
  unlessPending: true,
  versionDst: true,
  versionSrc: true,
  withScores: true,
  xx: true,
};
