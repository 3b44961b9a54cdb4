import { HttpException } from '@nestjs/common';
import { errorText } from '../../errors/error-text.js';
import { type Argument, Member, Payload, Value, write } from '../../command-model/command.js';
import { strict } from '../../command-model/strict.js';
import { done } from '../../entries/if-equal.js';
import { valueToStore } from '../../entries/store.js';
import { CachexError } from '../../index.js';
import type { Form } from '../dto/transfer.dto.js';
import { expectKept } from '../entries/kept.js';
import type { PeekCache } from '../entries/peek-cache.js';
import type { OpenCache } from '../entries/raw-key.js';
import {
  type Fields,
  hashOf,
  listOf,
  makeKey,
  setOf,
  sortedSetOf,
  streamOf,
  type WholeKey,
} from '../entries/whole-key.js';
import { type Contents, type ReadFields, type ReadRecord, readRecord } from './record.js';

/** A line that was not understood, by its number in the file. */
export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

/** What an import of some lines would do. */
export interface ImportSummary {
  readonly keys: number;
  /** How many of them are there already. */
  readonly existing: number;
  readonly types: Readonly<Record<string, number>>;
  readonly problems: readonly LineProblem[];
}

export interface ImportedKeys {
  readonly imported: number;
  /** Those that were there already, and stayed. */
  readonly kept: number;
}

/** A line that was understood. */
export interface ImportedLine extends ReadRecord {
  readonly line: number;
}

/** The lines that were understood, and what is wrong with the others. */
export function readLines(
  lines: readonly string[],
  first: number,
): { readonly records: ImportedLine[]; readonly problems: LineProblem[] } {
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

/** Looks at what is there, and changes nothing. */
export async function checkImport(open: OpenCache, lines: readonly string[], first: number): Promise<ImportSummary> {
  const { records, problems } = readLines(lines, first);
  const types: Record<string, number> = {};
  for (const { line, form, contents } of records) {
    types[contents.type] = (types[contents.type] ?? 0) + 1;
    const message = form === 'values' ? await lossOf(open.peek, contents) : undefined;
    if (message !== undefined) problems.push({ line, message });
  }
  const existing = records.length === 0 ? 0 : await existingOf(open, records);
  return { keys: records.length, existing, types, problems: problems.toSorted((a, b) => a.line - b.line) };
}

/**
 * Makes the keys, one after the other. What is there already stays unless it is to be overwritten.
 *
 * @param made is told how many were made until then
 */
export async function importKeys(
  { peek }: OpenCache,
  records: readonly ReadRecord[],
  overwrite: boolean,
  made: (counts: Pick<ImportedKeys, 'imported'>) => void,
): Promise<ImportedKeys> {
  // What cannot be kept is found before anything is made.
  for (const { form, contents, tags } of records) {
    peek.known(tags);
    if (form === 'values') await expectContentsKept(peek, contents);
  }
  let imported = 0;
  for (const record of records) if (await importKey(peek, record, overwrite)) made({ imported: ++imported });
  return { imported, kept: records.length - imported };
}

async function existingOf({ cache }: OpenCache, records: readonly ReadRecord[]): Promise<number> {
  const pipeline = cache.pipeline();
  for (const { key } of records) pipeline.type(key);
  const types = await pipeline.execute<(string | undefined)[]>();
  return types.filter((type) => type !== undefined).length;
}

function importKey(peek: PeekCache, record: ReadRecord, overwrite: boolean): Promise<boolean> {
  const { key, leftMs, contents, form, tags } = record;
  if (contents.type !== 'string') return makeKey(peek, key, wholeOf(contents, form), { leftMs, overwrite });
  const { value } = contents;
  const wanted = value instanceof Buffer && form === 'bytes' ? value : valueToStore(value, peek.known(tags), 0, leftMs);
  const life = leftMs === null ? [] : ['PX', leftMs];
  const set = write('SET', [peek.keyNamed(key), wanted, ...life, ...(overwrite ? [] : ['NX'])], done);
  return peek.carryOut(strict(set));
}

type Wrap = (value: unknown) => Argument;

/** Bytes are stored as they are. */
function wholeOf(contents: Exclude<Contents, { type: 'string' }>, form: Form): WholeKey {
  const wrapped = (wrap: Wrap): Wrap => (form === 'bytes' ? (value) => (value instanceof Buffer ? value : '') : wrap);
  const [member, own, payload] = [
    wrapped((value) => new Member(value)),
    wrapped((value) => new Value(value)),
    wrapped((value) => new Payload(value)),
  ];
  const all = (fields: ReadFields, wrap: Wrap): Fields => fields.map(([name, value]) => [name, wrap(value)]);
  switch (contents.type) {
    case 'hash':
      return hashOf(all(contents.fields, own));
    case 'list':
      return listOf(contents.values.map(member));
    case 'set':
      return setOf(contents.values.map(member));
    case 'zset':
      return sortedSetOf(contents.members.map(([value, score]) => [member(value), score]));
    case 'stream':
      return streamOf(contents.entries.map(([id, fields]) => [id, all(fields, payload)]));
  }
}

/** What the cache would not keep of it; `undefined` where it keeps all. */
async function lossOf(peek: PeekCache, contents: Contents): Promise<string | undefined> {
  try {
    await expectContentsKept(peek, contents);
    return undefined;
  } catch (error) {
    if (error instanceof HttpException || error instanceof CachexError) return errorText(error);
    throw error;
  }
}

async function expectContentsKept(peek: PeekCache, contents: Contents): Promise<void> {
  const isMember = contents.type === 'list' || contents.type === 'set' || contents.type === 'zset';
  for (const value of valuesIn(contents)) await expectKept(peek, value, isMember ? 'member' : 'value');
}

function valuesIn(contents: Contents): readonly unknown[] {
  switch (contents.type) {
    case 'string':
      return [contents.value];
    case 'hash':
      return contents.fields.map(([, value]) => value);
    case 'zset':
      return contents.members.map(([value]) => value);
    case 'stream':
      return contents.entries.flatMap(([, fields]) => fields.map(([, value]) => value));
    default:
      return contents.values;
  }
}
