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

/** A look for a result that was not there, so that the database is asked. */
interface Miss {
  readonly key: string;
  /** Of the tags at that time; none where nobody could say. */
  stamps?: readonly Stamp[];
}

/**
 * Results of queries under tags, for ORMs: they look for a result, ask the database, and store what it says. A result
 * counts as made when it was looked for, so that one whose tables were changed meanwhile is worth nothing. An outage is
 * a miss, whatever the module says: the database is there.
 */
export class QueryResults extends CachexService {
  /** An ORM does not say which look a result belongs to; it stores in the course of the call that has looked. */
  private readonly misses = new AsyncLocalStorage<Miss>();

  static of(cache: CachexService, version: Version): QueryResults {
    return QueryResults.view(cache, { version, stampede: undefined });
  }

  /** Milliseconds; `null` is never. */
  get defaultMs(): number | null {
    return this.defaults.timeoutMs;
  }

  /**
   * `undefined` where it is not there, or is one of before a change. Not async: what follows the call is to know of it.
   */
  lookUp(key: string, tags: readonly string[]): Promise<unknown> {
    const miss: Miss = { key };
    this.misses.enterWith(miss);
    return this.find(miss, tags);
  }

  /** As if it was not there, and for this look never will be: what the database says is not stored. */
  lookPast(key: string): Promise<undefined> {
    this.misses.enterWith({ key });
    return Promise.resolve(undefined);
  }

  /** `ms` is how long it lives, `null` for ever. What the serializer does not take is not stored: the query was answered. */
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

  /** As `invalidateTags` knows them: in the scope of the call, and outside of scopes, as tenants share tables. */
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
