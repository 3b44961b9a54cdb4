import { quoted } from '../errors/quoted.js';
import { Injectable, NotFoundException } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { cachexInstances } from '../cachex.instances.js';
import {
  type CachexService,
  CachexError,
  ConnectionError,
  type ConnectionPool,
  getConnectionPoolToken,
} from '../index.js';
import { isReply } from '../connection/index.js';
import { notNow } from '../wire/server-errors.js';
import type { CachexAdminAction, CachexAdminContext } from './actions.js';
import type { OpenCache } from './entries/raw-key.js';
import { Rights } from './rights.js';
import { PeekCache } from './entries/peek-cache.js';

/** A cache of the application, in one of its versions. */
export interface AdminCache extends OpenCache {
  readonly name: string;
  /** Whether the application names a tenant for each call. */
  readonly hasScopes: boolean;
}

/** Finds the caches of the application by name. */
@Injectable()
export class AdminCaches {
  private known?: ReadonlyMap<string, CachexService>;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly moduleRef: ModuleRef,
    private readonly rights: Rights,
  ) {}

  all(): AdminCache[] {
    return [...this.caches].map(([name, cache]) => ({
      name,
      hasScopes: PeekCache.of(cache).hasScopes,
      cache: cache.unscoped(),
      peek: PeekCache.of(cache.unscoped()),
      pool: this.poolOf(name),
    }));
  }

  /**
   * Opens a cache for a permitted action, after its servers have answered. With `ignoreExceptions`, an outage would
   * look like an empty cache.
   *
   * @throws ForbiddenException if the user may not do that
   */
  async open(action: CachexAdminAction, context: CachexAdminContext): Promise<AdminCache> {
    const open = await this.find(action, context);
    await reach(open.pool);
    return open;
  }

  /**
   * Opens a cache without asking its servers, for data of this process.
   *
   * @throws ForbiddenException if the user may not do that
   */
  async find(action: CachexAdminAction, context: CachexAdminContext): Promise<AdminCache> {
    const { cache: name, version, scope } = context;
    await this.rights.check(action, context);
    const cache = this.caches.get(name);
    if (!cache) throw new NotFoundException(`There is no cache named ${quoted(name)}`);
    const pool = this.poolOf(name);
    const isOther = version !== undefined && String(version) !== String(cache.version);
    // The tenant of the request does not matter: an administrator chooses one.
    const whose = scope === undefined ? cache.unscoped() : cache.withScope(scope);
    const meant = isOther ? whose.withVersion(version) : whose;
    return { name, hasScopes: PeekCache.of(cache).hasScopes, cache: meant, peek: PeekCache.of(meant), pool };
  }

  private get caches(): ReadonlyMap<string, CachexService> {
    return (this.known ??= cachexInstances(this.modules));
  }

  private poolOf(name: string): ConnectionPool {
    return this.moduleRef.get<ConnectionPool>(getConnectionPoolToken(name), { strict: false });
  }
}

/**
 * Accepts an error reply as an answer: the cache's user may not be allowed to send the command.
 *
 * @throws ConnectionError if a server that holds keys does not answer
 */
async function reach(pool: ConnectionPool): Promise<void> {
  try {
    const nodes = await pool.primaries();
    await Promise.all(nodes.map((node) => node.send({ name: 'PING', args: [], access: 'read' })));
  } catch (cause) {
    if (cause instanceof CachexError) throw cause;
    if (cause instanceof Error && isReply(cause) && !notNow.test(cause.message)) return;
    throw new ConnectionError('The server behind the cache does not answer', { cause });
  }
}
