import { versionNames, type VersionOption } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { countArgument, textArgument } from '../arguments/arguments.js';
import type { Argument } from '../command-model/command.js';

/** How many items one step of an iteration examines. @publicApi */
export interface ScanOptions extends VersionOption {
  /** A hint to the server: items examined per step (`COUNT`). */
  readonly count?: number;
}

/** Steps of an iteration over plain names (fields), which a glob pattern can match. @publicApi */
export interface MatchOptions extends ScanOptions {
  /** A glob pattern (`MATCH`). */
  readonly match?: string;
}

const position = /^\d+$/;

export const scanNames: NamesOf<ScanOptions> = { ...versionNames, count: true };
export const matchNames: NamesOf<MatchOptions> = { ...scanNames, match: true };

/** Text unchanged; a number only if it is not rounded. */
export function cursorArgument(cursor: string | number, shape: RegExp): string {
  const text = Number.isSafeInteger(cursor) ? String(cursor) : cursor;
  if (typeof text === 'string' && shape.test(text)) return text;
  throw wrongCursor();
}

export function wrongCursor(): TypeError {
  return new TypeError("A cursor must be '0' or the cursor of the last page, as a string");
}

/** `cursor [MATCH pattern] [COUNT n]`. */
export function scanArguments(cursor: string | number, options: MatchOptions = {}): Argument[] {
  const { match, count } = options;
  const args: Argument[] = [cursorArgument(cursor, position)];
  if (match !== undefined) args.push('MATCH', textArgument(match, 'A pattern'));
  if (count !== undefined) args.push('COUNT', countArgument(count, 'count', 1));
  return args;
}
