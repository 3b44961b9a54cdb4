import { type Argument, write } from '../../command-model/command.js';
import { strict } from '../../command-model/strict.js';
import { openEnvelope } from '../../codec/envelope.js';
import { done } from '../../entries/if-equal.js';
import { valueToStore } from '../../entries/store.js';
import { refusalIn } from '../entries/refusals.js';
import { type BytesOf, wholeOf } from '../entries/contents.js';
import { expectKept } from '../entries/kept.js';
import type { PeekCache, StoredAs } from '../entries/peek-cache.js';
import type { OpenCache } from '../entries/raw-key.js';
import { makeKey } from '../entries/whole-key.js';
import { type ReadRecord, readRecord } from './record.js';

/** A refused line, by its number in the file and, if known, its key. */
export interface LineProblem {
  readonly line: number;
  readonly key?: string;
  readonly message: string;
}

/** A preview of an import. */
export interface ImportSummary {
  /** Number of keys that can be imported. */
  readonly keys: number;
  /** Number of these keys that already exist. */
  readonly existing: number;
  readonly types: Readonly<Record<string, number>>;
  readonly problems: readonly LineProblem[];
}

export interface ImportCounts {
  readonly imported: number;
  /** Number of existing keys that stayed unchanged. */
  readonly kept: number;
  /** Number of refused lines. */
  readonly refused: number;
}

export interface ImportedKeys extends ImportCounts {
  /** The reasons for the refused lines. */
  readonly problems: readonly LineProblem[];
}

/** Accepted and refused lines. */
export interface GivenLines {
  readonly records: readonly ImportedLine[];
  readonly problems: readonly LineProblem[];
}

/** A parsed line. */
export interface ImportedLine extends ReadRecord {
  readonly line: number;
}

/** Parses lines and collects problems. */
export function readLines(lines: readonly string[], first: number): GivenLines {
  const records: ImportedLine[] = [];
  const problems: LineProblem[] = [];
  for (const [index, text] of lines.entries()) {
    const line = first + index;
    try {
      if (text.trim() !== '') records.push({ line, ...readRecord(text) });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      problems.push({ line, message: error.message });
    }
  }
  return { records, problems };
}

/** Previews an import; changes nothing. */
export async function checkImport(open: OpenCache, { records, problems }: GivenLines): Promise<ImportSummary> {
  const found = [...problems];
  const good: ImportedLine[] = [];
  const types: Record<string, number> = {};
  for (const record of records) {
    const problem = await problemOf(record, () => expectStorable(open.peek, record));
    if (problem) {
      found.push(problem);
      continue;
    }
    good.push(record);
    const { type } = record.contents;
    types[type] = (types[type] ?? 0) + 1;
  }
  const existing = good.length === 0 ? 0 : await existingOf(open, good);
  return { keys: good.length, existing, types, problems: inOrder(found) };
}

/**
 * Creates keys one after another, each atomically. Existing keys stay unless `overwrite` is set. Reports refused lines
 * and continues.
 *
 * @param soFar is called after each key
 * @throws ConnectionError, CommandTimeoutError if the server is gone: the remaining lines are not tried
 */
export async function importKeys(
  { peek }: OpenCache,
  { records, problems }: GivenLines,
  overwrite: boolean,
  soFar: (counts: ImportCounts) => void,
): Promise<ImportedKeys> {
  const refused = [...problems];
  let [imported, kept] = [0, 0];
  const counts = (): ImportCounts => ({ imported, kept, refused: refused.length });
  for (const record of records) {
    const problem = await problemOf(record, async () => {
      if (await importKey(peek, record, overwrite)) imported++;
      else kept++;
    });
    if (problem) refused.push(problem);
    soFar(counts());
  }
  return { ...counts(), problems: inOrder(refused) };
}

/** Returns a problem of one line; throws a problem of all lines. */
async function problemOf({ line, key }: ImportedLine, work: () => Promise<void>): Promise<LineProblem | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return { line, key, message: refusalIn(error) };
  }
}

async function existingOf({ cache }: OpenCache, records: readonly ReadRecord[]): Promise<number> {
  const pipeline = cache.pipeline();
  for (const { key } of records) pipeline.type(key);
  const types = await pipeline.execute<(string | undefined)[]>();
  return types.filter((type) => type !== undefined).length;
}

async function importKey(peek: PeekCache, record: ReadRecord, overwrite: boolean): Promise<boolean> {
  const { key, leftMs, contents } = record;
  if (contents.type !== 'string') {
    return makeKey(peek, key, await wholeOf(contents, bytesFor(peek, record)), { leftMs, overwrite });
  }
  const life = leftMs === null ? [] : ['PX', leftMs];
  const stored = await stringOf(peek, record, contents.value);
  const set = write('SET', [peek.keyNamed(key), stored, ...life, ...(overwrite ? [] : ['NX'])], done);
  return peek.carryOut(strict(set));
}

/** @throws an error that says why this cache cannot store the record */
async function expectStorable(peek: PeekCache, record: ReadRecord): Promise<void> {
  const { contents } = record;
  if (contents.type === 'string') await stringOf(peek, record, contents.value);
  else await wholeOf(contents, bytesFor(peek, record));
}

async function stringOf(peek: PeekCache, record: ReadRecord, value: unknown): Promise<Argument> {
  const bytes = await bytesFor(peek, record)(value, 'value');
  const tags = peek.known(record.tags);
  return tags.length === 0 ? bytes : valueToStore(value, tags, 0, record.leftMs);
}

const bytesFor =
  (peek: PeekCache, { key, form }: ReadRecord): BytesOf =>
  async (value, as) =>
    form === 'bytes' && value instanceof Buffer ? bytesAt(peek, key, value, as) : expectKept(peek, key, value, as);

/** Uses stored bytes unchanged. */
function bytesAt(peek: PeekCache, key: string, bytes: Buffer, as: StoredAs): Buffer {
  if (as === 'value') peek.expectShort(key, (openEnvelope(bytes)?.data ?? bytes).length);
  return bytes;
}

const inOrder = (problems: readonly LineProblem[]): LineProblem[] => problems.toSorted((a, b) => a.line - b.line);
