import { quoted } from './errors/quoted.js';
import { type FactoryProvider, type InjectionToken, Logger, type Provider, type ValueProvider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CachexService } from './cachex.service.js';
import { instanceNameOf } from './cachex.instances.js';
import { defaultName, getCachexToken, getConnectionPoolToken, instanceNameToken } from './cachex.tokens.js';
import { ReadThrough } from './caching/get-or-set.js';
import { createCodec } from './codec/index.js';
import { CurrentScope } from './arguments/scope.js';
import { Commits } from './evictions/commits.js';
import type { ConnectionPool } from './wire/connection-pool.js';
import { createPool } from './connection/index.js';
import { ConfigError } from './errors/index.js';
import { KeyBuilder } from './execution/key-builder.js';
import { Locking } from './locking/locking.js';
import { SubscriptionTracer } from './observability/subscription-channel.js';
import { type CachexOptions, type ResolvedCachexOptions, resolveOptions } from './options/index.js';
import { mayShareKeys } from './options/key-prefix.js';
import { PubSub } from './pubsub/pubsub.js';
import { ScriptRegistry } from './scripting/script-registry.js';
import { createExecutor } from './tracking/create-executor.js';

/** The providers of one instance, and the tokens that other modules may inject. */
export function cachexProviders(
  name: string,
  optionsToken: InjectionToken,
): { providers: Provider[]; exports: InjectionToken[] } {
  const resolvedToken = Symbol(`ResolvedCachexOptions:${name}`);
  const poolToken = getConnectionPoolToken(name);
  const serviceToken = getCachexToken(name);
  const logger = new Logger(name === defaultName ? 'Cachex' : `Cachex:${name}`);

  const instanceName: ValueProvider<string> = { provide: instanceNameToken, useValue: name };
  const resolved: FactoryProvider<ResolvedCachexOptions> = {
    provide: resolvedToken,
    inject: [optionsToken, ModulesContainer],
    useFactory: (options: CachexOptions, modules: ModulesContainer) => {
      refuseSecondInstance(name, modules);
      const complete = resolveOptions(options, nameOf(name));
      refuseSharedKeys(name, complete, modules);
      return complete;
    },
  };
  const pool: FactoryProvider<ConnectionPool> = {
    provide: poolToken,
    inject: [resolvedToken],
    useFactory: ({ connection }: ResolvedCachexOptions) => createPool(connection, logger),
  };
  const service: FactoryProvider<CachexService> = {
    provide: serviceToken,
    inject: [resolvedToken, poolToken],
    useFactory: (options: ResolvedCachexOptions, connections: ConnectionPool) =>
      createService(options, connections, logger, name),
  };
  return { providers: [instanceName, resolved, pool, service], exports: [poolToken, serviceToken] };
}

/** The name of an instance in messages. */
function nameOf(name: string): string {
  return name === defaultName ? 'CachexModule' : `CachexModule ${quoted(name)}`;
}

/** Creates a service from resolved options and a pool. */
export function createService(
  options: ResolvedCachexOptions,
  pool: ConnectionPool,
  logger: Logger,
  name: string = defaultName,
): CachexService {
  const { version, timeoutMs, stampede } = options;
  const { commandTimeoutMs } = options.connection;
  const keys = new KeyBuilder(options.keyPrefix, options.keyFunction);
  const codec = createCodec({ serializer: [...options.serializers], compressor: [...options.compressors] });
  const executor = createExecutor(options, pool, keys, codec, logger, name);
  const locking = new Locking(executor, commandTimeoutMs);
  const caching = new ReadThrough(executor, locking, logger);
  const commits = new Commits(executor.evictions, options.onCommit, logger);
  const scripts = new ScriptRegistry(keys, codec);
  const pubsub = new PubSub(executor, codec, commandTimeoutMs, new SubscriptionTracer(name, options.traceKeys), logger);
  const scope = options.scope && new CurrentScope(options.scope);
  return new CachexService(
    executor,
    { version, timeoutMs, stampede, scope },
    { scripts, caching, locking, pubsub, commits },
  );
}

/** Checked before anything is connected: by now Nest has all modules, and the tokens of their providers. */
function refuseSecondInstance(name: string, modules: ModulesContainer): void {
  const owners = [...modules.values()].filter((module) => instanceNameOf(module) === name);
  if (owners.length < 2) return;
  throw new ConfigError(
    name === defaultName
      ? "CachexModule is imported twice without a name; give one of the two a name: forRoot({ name: 'sessions', … })"
      : `CachexModule is imported twice under the name ${quoted(name)}; names must differ`,
  );
}

const keyspaces = new WeakMap<ModulesContainer, Map<string, ResolvedCachexOptions>>();

/** Checked before anything is connected: clearing one of these caches could delete keys of the other. */
function refuseSharedKeys(name: string, options: ResolvedCachexOptions, modules: ModulesContainer): void {
  const known = keyspaces.get(modules) ?? new Map<string, ResolvedCachexOptions>();
  keyspaces.set(modules, known);
  for (const [other, others] of known) {
    if (other === name || !mayShareKeys(options, others)) continue;
    const prefixes = [others, options].map(({ keyPrefix }) => JSON.stringify(keyPrefix)).join(' and ');
    throw new ConfigError(
      `${nameOf(other)} and ${nameOf(name)} use the keyPrefixes ${prefixes} on one server, so that keys of one could be keys of ` +
        `the other. Change one keyPrefix, so that neither begins with the prefix and version of the other`,
    );
  }
  known.set(name, options);
}
