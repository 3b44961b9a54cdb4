import { AsyncLocalStorage } from 'node:async_hooks';
import { CachexService } from '../cachex.service.js';
import type { Stamp } from '../codec/envelope.js';
import { SharedStamps } from '../command-model/command.js';
import { versionAt } from '../arguments/scope.js';
import type { Version } from '../arguments/version.js';
import { storeCommand, valueToStore } from '../entries/store.js';
import { SerializerError } from '../errors/index.js';
import { isAway } from '../execution/outage.js';
import { entryTags } from '../tags/tag-arguments.js';

/** A look-up that found no result, so that the database is asked. */
interface Miss {
  readonly key: string;
  /** The stamps of the tags at that time; none if no server answered. */
  stamps?: readonly Stamp[];
}

/**
 * Results of queries under tags, for ORMs, which look for a result, ask the database, and store its answer. A result
 * counts as made at its look-up, so that a change of its tables after that invalidates it. An outage is a miss,
 * whatever the module's options: the database can still answer.
 */
export class QueryResults extends CachexService {
  /**
   * The look-up that a result belongs to. ORMs do not say so, but they store a result in the async context of its
   * look-up.
   */
  private readonly misses = new AsyncLocalStorage<Miss>();

  static of(cache: CachexService, version: Version): QueryResults {
    return QueryResults.view(cache, { version, stampede: undefined });
  }

  /** Milliseconds; `null` is never. */
  get defaultMs(): number | null {
    return this.defaults.timeoutMs;
  }

  /**
   * `undefined` if there is no result, or only one from before a change. Not async, because the code after the call
   * must see the new context.
   */
  lookUp(key: string, tags: readonly string[]): Promise<unknown> {
    const miss: Miss = { key };
    this.misses.enterWith(miss);
    return this.find(miss, tags);
  }

  /** Like a miss whose result must not be stored. */
  lookPast(key: string): Promise<undefined> {
    this.misses.enterWith({ key });
    return Promise.resolve(undefined);
  }

  /**
   * `ms` is how long the result lives; `null` is forever. A result that the serializer refuses is not stored: the
   * caller has its answer.
   */
  async store(key: string, result: unknown, tags: readonly string[], ms: number | null): Promise<void> {
    const miss = this.misses.getStore();
    const shared = new SharedStamps(ms);
    if (miss?.key === key) {
      if (!miss.stamps) return;
      shared.taken = Promise.resolve(miss.stamps);
    }
    try {
      await this.send(() => storeCommand(this.keyOf(key), valueToStore(result, this.known(tags), 0, ms, shared), ms));
    } catch (error) {
      if (!isAway(error) && !(error instanceof SerializerError)) throw error;
    }
  }

  /**
   * The tags as `invalidateTags` knows them: in the scope of the call, and outside of scopes, because tenants share
   * tables.
   */
  private known(tags: readonly string[]): readonly string[] {
    const place = this.versionOf(undefined);
    const version = versionAt(place);
    return entryTags(tags, version).concat(place === version ? [] : entryTags(tags, place));
  }

  private async find(miss: Miss, tags: readonly string[]): Promise<unknown> {
    try {
      const found = await this.get(miss.key);
      if (found === undefined) miss.stamps = await this.executor.tags.take(this.known(tags), null);
      return found;
    } catch (error) {
      if (!isAway(error)) throw error;
      return undefined;
    }
  }
}
