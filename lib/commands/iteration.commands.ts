import { CommandGroup, type Direct } from './command-group.js';
import type { HashCommands, HscanOptions, NoValues } from './hash.commands.js';
import type { ScanOptions } from './scan.js';
import type { SetCommands } from './set.commands.js';
import type { SortedSetPopCommands } from './sorted-set-pop.commands.js';

/**
 * Iteration over the contents of a key, page by page.
 *
 * @publicApi
 */
export interface IterationCommands
  extends
    Pick<HashCommands<Direct>, 'hscan'>,
    Pick<SetCommands<Direct>, 'sscan'>,
    Pick<SortedSetPopCommands<Direct>, 'zscan'> {}

export abstract class IterationCommands extends CommandGroup<Direct> {
  /** @internal Code of another scope may ask for the pages. */
  abstract fromHere(): IterationCommands;

  /**
   * Iterates over the fields and values of a hash, or over the fields alone. Redis: `HSCAN`.
   *
   * @example
   * for await (const [id, user] of cache.hscanIter<User>('users')) await greet(id, user);
   */
  hscanIter(key: string, options: HscanOptions & NoValues): AsyncGenerator<string, void>;
  hscanIter<T = unknown>(key: string, options?: HscanOptions): AsyncGenerator<[field: string, value: T], void>;
  hscanIter(key: string, options?: HscanOptions): AsyncGenerator<unknown, void> {
    const cache = this.fromHere();
    return itemsOf(async (cursor) => {
      const { cursor: next, fields } = await cache.hscan(key, cursor, options);
      return [next, fields];
    });
  }

  /**
   * Iterates over the members of a sorted set with their scores, unordered. Redis: `ZSCAN`.
   *
   * @example
   * for await (const [player, score] of cache.zscanIter<string>('scores')) await report(player, score);
   */
  zscanIter<T = unknown>(key: string, options?: ScanOptions): AsyncGenerator<[member: T, score: number], void> {
    const cache = this.fromHere();
    return itemsOf(async (cursor) => {
      const { cursor: next, members } = await cache.zscan<T>(key, cursor, options);
      return [next, members];
    });
  }

  /**
   * Iterates over the members of a set. Redis: `SSCAN`.
   *
   * @example
   * for await (const tag of cache.sscanIter<string>('tags')) await index(tag);
   */
  sscanIter<T = unknown>(key: string, options?: ScanOptions): AsyncGenerator<T, void> {
    const cache = this.fromHere();
    return itemsOf(async (cursor) => {
      const { cursor: next, members } = await cache.sscan<T>(key, cursor, options);
      return [next, members];
    });
  }
}

async function* itemsOf<T>(
  ask: (cursor: string) => Promise<[next: string, items: Iterable<T>]>,
): AsyncGenerator<T, void> {
  let cursor = '0';
  do {
    const [next, items] = await ask(cursor);
    yield* items;
    cursor = next;
  } while (cursor !== '0');
}
