import { CommandGroup, type Direct } from './command-group.js';
import type { HashCommands, HscanOptions, NoValues } from './hash.commands.js';
import type { ScanOptions } from './scan.js';
import type { SetCommands } from './set.commands.js';
import type { SortedSetPopCommands } from './sorted-set-pop.commands.js';

/**
 * Going through what a key holds, page by page.
 *
 * @publicApi
 */
export interface IterationCommands
  extends
    Pick<HashCommands<Direct>, 'hscan'>,
    Pick<SetCommands<Direct>, 'sscan'>,
    Pick<SortedSetPopCommands<Direct>, 'zscan'> {}

export abstract class IterationCommands extends CommandGroup<Direct> {
  /** Goes through the fields and values of a hash, or through the fields alone. Redis: `HSCAN`. */
  hscanIter(key: string, options: HscanOptions & NoValues): AsyncGenerator<string, void>;
  hscanIter<T = unknown>(key: string, options?: HscanOptions): AsyncGenerator<[field: string, value: T], void>;
  async *hscanIter(key: string, options?: HscanOptions): AsyncGenerator<unknown, void> {
    let cursor = '0';
    do {
      const page = await this.hscan(key, cursor, options);
      yield* page.fields;
      cursor = page.cursor;
    } while (cursor !== '0');
  }

  /** Goes through the members of a sorted set with their scores, in no order. Redis: `ZSCAN`. */
  async *zscanIter<T = unknown>(key: string, options?: ScanOptions): AsyncGenerator<[member: T, score: number], void> {
    let cursor = '0';
    do {
      const page = await this.zscan<T>(key, cursor, options);
      yield* page.members;
      cursor = page.cursor;
    } while (cursor !== '0');
  }

  /** Goes through the members of a set. Redis: `SSCAN`. */
  async *sscanIter<T = unknown>(key: string, options?: ScanOptions): AsyncGenerator<T, void> {
    let cursor = '0';
    do {
      const page = await this.sscan<T>(key, cursor, options);
      yield* page.members;
      cursor = page.cursor;
    } while (cursor !== '0');
  }
}
