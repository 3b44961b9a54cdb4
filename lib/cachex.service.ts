import { inspect } from 'node:util';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { checkOptions } from './arguments/option-names.js';
import { CurrentScope, FixedScope } from './arguments/scope.js';
import type { Version, VersionOption } from './arguments/version.js';
import { CachingCommands } from './caching/caching.commands.js';
import type { ReadThrough } from './caching/get-or-set.js';
import { Known, type Step } from './command-model/command.js';
import { BlockingListCommands } from './commands/blocking-list.commands.js';
import { BlockingSortedSetCommands } from './commands/blocking-sorted-set.commands.js';
import type { CommandDefaults, Direct } from './commands/command-group.js';
import { IterationCommands } from './commands/iteration.commands.js';
import type { Commits } from './evictions/commits.js';
import { ScopeError } from './errors/index.js';
import type { Evictions } from './evictions/evictions.js';
import type { CommandExecutor } from './execution/command-executor.js';
import { ServerCommands } from './execution/server.commands.js';
import { DeferringCommands } from './keyspace/deferring.commands.js';
import { Keyspace } from './keyspace/keyspace.js';
import { InspectionCommands } from './keyspace/inspection.commands.js';
import { KeyspaceCommands } from './keyspace/keyspace.commands.js';
import type { Locking } from './locking/locking.js';
import { LockingCommands } from './locking/locking.commands.js';
import { Commands, mergeGroups } from './pipeline/commands.js';
import { Pipeline, pipelineNames, type PipelineOptions } from './pipeline/pipeline.js';
import type { PubSub } from './pubsub/pubsub.js';
import { PubSubCommands } from './pubsub/pubsub.commands.js';
import { RateLimitingCommands } from './rate-limiting/rate-limiting.commands.js';
import type { ScriptResult } from './scripting/script-hooks.js';
import type { RegisteredScript, ScriptOptions, ScriptRegistry } from './scripting/script-registry.js';

/** The parts that all views of a cache share. */
export interface CacheParts {
  readonly scripts: ScriptRegistry;
  readonly caching: ReadThrough;
  readonly locking: Locking;
  readonly pubsub: PubSub;
  readonly commits: Commits;
}

/**
 * A cache on Redis or Valkey: keys of one prefix and version, values of any type.
 *
 * Every method returns a promise; a wrong argument rejects it before anything is sent. A miss is `undefined`.
 *
 * @publicApi
 * @example
 * constructor(private readonly cache: CachexService) {}
 *
 * async product(id: string) {
 *   return await this.cache.get<Product>(`product:${id}`);
 * }
 */
export interface CachexService
  extends
    BlockingListCommands,
    BlockingSortedSetCommands,
    CachingCommands,
    DeferringCommands,
    InspectionCommands,
    IterationCommands,
    KeyspaceCommands,
    LockingCommands,
    PubSubCommands,
    RateLimitingCommands,
    ServerCommands {}

export class CachexService extends Commands<Direct> implements OnModuleInit, OnApplicationShutdown {
  protected readonly scripts: ScriptRegistry;
  protected readonly caching: ReadThrough;
  protected readonly locking: Locking;
  protected readonly pubsub: PubSub;
  protected readonly commits: Commits;
  protected readonly keyspace: Keyspace;

  /** @internal */
  constructor(
    protected readonly executor: CommandExecutor,
    protected readonly defaults: CommandDefaults,
    private readonly parts: CacheParts,
  ) {
    super();
    this.scripts = parts.scripts;
    this.caching = parts.caching;
    this.locking = parts.locking;
    this.pubsub = parts.pubsub;
    this.commits = parts.commits;
    this.keyspace = new Keyspace(executor);
  }

  /**
   * The same cache as an instance of a derived class.
   *
   * @internal
   */
  protected static view<View extends CachexService>(
    this: new (...args: ConstructorParameters<typeof CachexService>) => View,
    { executor, defaults, parts }: CachexService,
    changes: Partial<CommandDefaults>,
  ): View {
    return new this(executor, { ...defaults, ...changes }, parts);
  }

  /** The version of calls that name none. */
  get version(): Version {
    return this.defaults.version;
  }

  /**
   * The same cache (same connections, same statistics) with another default version.
   * @example await cache.withVersion(2).set('report', report); // readers of version 1 do not see it
   */
  withVersion(version: Version): CachexService {
    return CachexService.view(this, { version });
  }

  /**
   * The same cache in one scope, whatever the option `scope` says. Scopes share no keys, tags, locks and channels.
   * @example await cache.withScope('acme').clear();
   */
  withScope(name: string): CachexService {
    return CachexService.view(this, { scope: new FixedScope(name) });
  }

  /** The same cache outside of all scopes, for data that they share. @example await cache.unscoped().get('rates'); */
  unscoped(): CachexService {
    return CachexService.view(this, { scope: undefined });
  }

  /** @internal The cache in the current scope, for work that continues elsewhere. @throws ScopeError if there is none */
  fromHere(): CachexService {
    const { scope } = this.defaults;
    return scope instanceof CurrentScope ? this.withScope(scope.name) : this;
  }

  /**
   * The cache for code that runs from the start of the application: outside of all scopes if there is no current one.
   *
   * @internal
   */
  fromStart(): CachexService {
    try {
      return this.fromHere();
    } catch (error) {
      if (error instanceof ScopeError) return this.unscoped();
      throw error;
    }
  }

  /**
   * Queues commands to send them in one round trip, or as one transaction.
   * @example const [written, name] = await cache.pipeline().set('a', 1).hget<string>('user:1', 'name').execute();
   */
  pipeline(options: PipelineOptions & VersionOption = {}): Pipeline {
    checkOptions(options, pipelineNames, 'Options');
    const defaults = {
      ...this.fromHere().defaults,
      ...(options.version !== undefined && { version: options.version }),
    };
    return new Pipeline(this.executor, defaults, this.scripts, options);
  }

  /**
   * Registers a Lua script for {@link evalScript}, under its name. Pass the returned script to `evalScript` to get the
   * type of its `postFunc`. Views and pipelines share the scripts of their cache. Nothing is sent.
   *
   * @throws ScriptError if the name already belongs to another source
   * @example
   * cache.registerScript('take', takeSource, { numKeys: 1 });
   * const swap = cache.registerScript('swap', `return redis.call('SET', KEYS[1], ARGV[1], 'GET')`, {
   *   numKeys: 1,
   *   preFunc: fullEncodePre,
   *   postFunc: decodeSinglePost<User>,
   * });
   * const before = await cache.evalScript(swap, ['user:1'], [user]);
   */
  registerScript<T = ScriptResult>(name: string, source: string, options?: ScriptOptions<T>): RegisteredScript<T> {
    return this.scripts.register(name, source, options);
  }

  /**
   * Ends all subscriptions, releases all locks, closes the connections; later calls fail with a `ConnectionError`.
   * @example await cache.close(); // in a script; an application closes its caches itself
   */
  async close(): Promise<void> {
    this.caching.close();
    const start = performance.now();
    await Promise.all([this.pubsub.close(), this.locking.close()]);
    await this.executor.close(performance.now() - start);
  }

  /**
   * Not in a constructor or factory: an application that fails to start for another reason must not leave connections.
   * Calls made earlier connect by themselves.
   *
   * @internal
   */
  async onModuleInit(): Promise<void> {
    try {
      await this.executor.connect();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** @internal */
  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** @internal */
  protected get evictions(): Evictions {
    return this.executor.evictions;
  }

  /** @internal */
  protected send<T>(build: () => Step<T>): Promise<T> {
    try {
      const step = build();
      return step instanceof Known ? Promise.resolve(step.answer) : this.executor.execute(step);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Connections hold passwords, which must not get into a log. */
  toJSON(): { keyPrefix: string; version: Version } {
    return { keyPrefix: this.executor.keyPrefix, version: this.version };
  }

  [inspect.custom](): string {
    return `CachexService ${inspect(this.toJSON())}`;
  }
}

mergeGroups(CachexService, [
  BlockingListCommands,
  BlockingSortedSetCommands,
  CachingCommands,
  DeferringCommands,
  InspectionCommands,
  IterationCommands,
  KeyspaceCommands,
  LockingCommands,
  PubSubCommands,
  RateLimitingCommands,
  ServerCommands,
]);
