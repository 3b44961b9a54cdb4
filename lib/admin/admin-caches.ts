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
  /** Whether the application asks for the tenant of each call. */
  readonly hasScopes: boolean;
}

/** The caches of the application, by their names. */
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
   * For who may do that with it. Only once its servers answer: under `ignoreExceptions` an outage would look like an empty
   * cache.
   *
   * @throws ForbiddenException where that is not allowed
   */
  async open(action: CachexAdminAction, context: CachexAdminContext): Promise<AdminCache> {
    const open = await this.find(action, context);
    await reach(open.pool);
    return open;
  }

  /**
   * The same for what this process knows, whether its servers answer or not.
   *
   * @throws ForbiddenException where that is not allowed
   */
  async find(action: CachexAdminAction, context: CachexAdminContext): Promise<AdminCache> {
    const { cache: name, version, scope } = context;
    await this.rights.check(action, context);
    const cache = this.caches.get(name);
    if (!cache) throw new NotFoundException(`There is no cache named ${quoted(name)}`);
    const pool = this.poolOf(name);
    const isOther = version !== undefined && String(version) !== String(cache.version);
    // Whoever looks: a tenant's administrator is no tenant.
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
 * A refusal is an answer, too: its user may not be allowed to ask that.
 *
 * @throws ConnectionError where a server that holds keys does not answer
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
