import type { Place } from '../arguments/scope.js';
import { countArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import type { Argument, Key, ReplyShape } from '../command-model/command.js';
import { shape, userKeyIn } from '../command-model/replies.js';
import { whenRead } from '../waiting/all-of.js';
import { listOf } from '../wire/reply-parts.js';
import { blockingNames, type BlockingOptions } from './waiting.js';

/** How many items are removed from the first key that has any. @publicApi */
export interface MultiPopOptions extends VersionOption {
  /** The most items (1). */
  readonly count?: number;
}

export const multiPopNames: NamesOf<MultiPopOptions> = { ...versionNames, count: true };
export const blockingMultiPopNames: NamesOf<MultiPopOptions & BlockingOptions> = { ...multiPopNames, ...blockingNames };

/** `numkeys keys where [COUNT n]`. */
export function multiPopArguments(keys: readonly Key[], where: string, { count }: MultiPopOptions = {}): Argument[] {
  return [keys.length, ...keys, where, ...(count === undefined ? [] : ['COUNT', countArgument(count, 'count', 1)])];
}

/** The key that had any and the items in their own shape; `undefined` if none had. */
export const keyAndItems = <I>(version: Place, items: ReplyShape<I>): ReplyShape<[key: string, items: I] | undefined> =>
  shape(
    (raw, context) => {
      if (raw === null) return undefined;
      const [key, data] = listOf(2, raw);
      const name = userKeyIn(key, version, context);
      return whenRead(items.decode(data, context), (all): [string, I] => [name, all]);
    },
    () => undefined,
  );
