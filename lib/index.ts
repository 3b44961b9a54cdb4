export type { Blocking } from './wire/connection-pool.js';
export type { ServerVersion } from './wire/server-version.js';
export type { Version, TwoKeyOptions, VersionOption } from './arguments/version.js';
export {
  CachexModule,
  type CachexModuleAsyncOptions,
  type CachexModuleOptions,
  type CachexOptionsFactory,
} from './cachex.module.js';
export { CachexService } from './cachex.service.js';
export type { ClientOptions } from './execution/server.commands.js';
export type { GetManyOptions, SetManyOptions } from './keyspace/keyspace.commands.js';
export type { StampedeOption } from './entries/early-recomputation.js';
export type { Factory, FactoryContext, GetOrSetOptions } from './caching/get-or-set.options.js';
export type { GetOrSetManyOptions, ManyContext, ManyFactory } from './caching/get-or-set-many.options.js';
export type { Loaded } from './caching/loaded.js';
export { getCachexToken, getConnectionPoolToken, InjectCachex } from './cachex.tokens.js';
export * from './codec/index.js';
export type { BitFieldOffset, BitFieldOperation, BitFieldOverflow, BitFieldType } from './commands/bit-fields.js';
export type { Bit, BitOperation, BitRange, BitRangeOptions } from './commands/bitmap.commands.js';
export type { Popped } from './commands/blocking-list.commands.js';
export type { PoppedMember } from './commands/blocking-sorted-set.commands.js';
export type {
  GeoaddOptions,
  GeodistOptions,
  GeosearchOptions,
  GeosearchstoreOptions,
} from './commands/geo.commands.js';
export type {
  GeoArea,
  GeoBox,
  GeoCenter,
  GeoCircle,
  GeoPlace,
  GeoSelection,
  GeoUnit,
} from './commands/geo-arguments.js';
export type { GeoFound } from './commands/geo-replies.js';
export type { TouchOptions } from './commands/key.commands.js';
export type { FieldNamesPage, FieldsPage, HscanOptions } from './commands/hash.commands.js';
export type { HexpireOptions } from './commands/hash-expiry.commands.js';
export type { HrandfieldOptions, HsetexOptions } from './commands/hash-field.commands.js';
export type { IntercardOptions } from './commands/intercard.js';
export type { CopyOptions, MemoryUsageOptions, RestoreOptions } from './commands/key-copy.commands.js';
export type { KeySize, ObjectInfo } from './keyspace/inspection.js';
export type { LargestKeysOptions } from './keyspace/inspection.commands.js';
export type { LexBound, RawMembers } from './commands/lex.js';
export type { ListEnd, LposOptions, PoppedElements } from './commands/list.commands.js';
export type { MappingOf } from './arguments/mapping.js';
export type { MultiPopOptions } from './commands/multi-pop.js';
export type { MatchOptions, ScanOptions } from './commands/scan.js';
export type { ScoreBound } from './commands/score.js';
export type { MembersPage } from './commands/set.commands.js';
export type {
  ZaggregateOptions,
  ZcombineOptions,
  ZdiffOptions,
  ZstoreOptions,
} from './commands/sorted-set-algebra.commands.js';
export type { ZlexOptions, ZrangeByLexOptions, ZrangestoreOptions } from './commands/sorted-set-lex.commands.js';
export type { PoppedMembers, ScoredPage, ScoreEnd, ZrandmemberOptions } from './commands/sorted-set-pop.commands.js';
export type { BlockingOptions } from './commands/waiting.js';
export type { ZaddOptions } from './commands/sorted-set.commands.js';
export type { ZrangeByScoreOptions, ZrangeOptions } from './commands/sorted-set-range.commands.js';
export type { StreamPositions, StreamTrim } from './commands/stream-arguments.js';
export type {
  StreamWait,
  XaddOptions,
  XrangeOptions,
  XreadOptions,
  XsetidOptions,
  XtrimOptions,
} from './commands/stream.commands.js';
export type {
  XgroupCreateOptions,
  XgroupDelconsumerOptions,
  XgroupSetidOptions,
  XreadgroupOptions,
} from './commands/stream-group.commands.js';
export type { XautoclaimOptions, XclaimOptions, XpendingOptions } from './commands/stream-pending.commands.js';
export type {
  Autoclaimed,
  AutoclaimedIds,
  PendingEntry,
  PendingSummary,
  StreamEntry,
  StreamFields,
} from './commands/stream-replies.js';
export type { XinfoStreamOptions } from './commands/stream-info.commands.js';
export type {
  DeliveredEntry,
  FullStreamConsumer,
  FullStreamGroup,
  FullStreamInfo,
  StreamConsumerInfo,
  StreamGroupInfo,
  StreamInfo,
} from './commands/stream-info.js';
export type { ChannelOptions } from './commands/publishing.commands.js';
export type { AddOptions, SetIfEqualOptions, SetOptions } from './commands/storing.js';
export type { GetexOptions, GetOptions, IncrOptions } from './commands/string.commands.js';
export type {
  BlockingWireCommand,
  ChannelKind,
  ChannelListener,
  ChannelSubscription,
  ConnectionPool,
  ServerNode,
  Topology,
  WireArgument,
  WireCommand,
} from './wire/connection-pool.js';
export * from './decorators/index.js';
export * from './errors/index.js';
export type { IterationOptions, KeysOptions, KeysPage } from './keyspace/scan.js';
export type { AcquireOptions, LockOptions, SemaphoreOptions } from './locking/claim-options.js';
export { CachexRateLimiter, type RateLimitResult } from './rate-limiting/rate-limiter.js';
export type {
  RateLimitAlgorithm,
  RateLimiterOptions,
  RateLimitFallback,
} from './rate-limiting/rate-limiter.options.js';
export { CachexLeader, type LeaderEvents, type LeaderOptions } from './locking/leader.js';
export { CachexLock } from './locking/lock.js';
export { CachexReadWriteLock } from './locking/read-write-lock.js';
export { CachexSemaphore } from './locking/semaphore.js';
export * from './options/index.js';
export {
  decodeListOrNonePost,
  decodeListPost,
  decodeSinglePost,
  fullEncodePre,
  keysOnlyPre,
  noopPost,
  type PostFunc,
  type PreFunc,
  type ScriptHelpers,
  type ScriptResult,
} from './scripting/script-hooks.js';
export { StreamConsumer, type StreamConsumerDecoratorOptions } from './streams/stream-consumer.decorator.js';
export type {
  DeadLetter,
  StreamConsumerOptions,
  StreamContext,
  StreamHandler,
} from './streams/stream-consumer.options.js';
export { Subscribe, type SubscribeDecoratorOptions } from './subscribers/subscribe.decorator.js';
export { StreamWorker } from './streams/stream-worker.js';
export type {
  MessageContext,
  MessageListener,
  PsubscribeOptions,
  SubscribeOptions,
} from './pubsub/subscribe.options.js';
export { Subscription } from './pubsub/subscription.js';
export type { RegisteredScript, ScriptOptions } from './scripting/script-registry.js';
export type { EntryMessage } from './observability/entry-channel.js';
export type { CommandFailure, CommandMessage } from './observability/command-channel.js';
export type { SubscriptionMessage } from './observability/subscription-channel.js';
export type { CachexStats, LocalStats, PubSubStats } from './observability/stats.js';
export { type ExecuteOptions, Pipeline, type PipelineOptions, type Settled } from './pipeline/pipeline.js';
