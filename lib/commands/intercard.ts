import { countArgument } from '../arguments/arguments.js';
import type { NamesOf } from '../arguments/option-names.js';
import { versionNames, type VersionOption } from '../arguments/version.js';
import { type Key, Known, read, type Step } from '../command-model/command.js';
import * as replies from '../command-model/replies.js';

/** How far `sintercard` and `zintercard` count. @publicApi */
export interface IntercardOptions extends VersionOption {
  /** Stop counting there (0: do not). */
  readonly limit?: number;
}

export const intercardNames: NamesOf<IntercardOptions> = { ...versionNames, limit: true };

/** `name numkeys keys [LIMIT n]`. */
export function intercard(name: string, sources: readonly Key[], options?: IntercardOptions): Step<number> {
  const { limit } = options ?? {};
  const tail = limit === undefined ? [] : ['LIMIT', countArgument(limit, 'limit')];
  return sources.length === 0 ? new Known(0) : read(name, [sources.length, ...sources, ...tail], replies.integer);
}
