import { bytesOfName, nameOf } from '../../arguments/names.js';
import { Value, write } from '../../command-model/command.js';
import { integer } from '../../command-model/replies.js';
import { matchGlob } from '../../embedded/index.js';
import {
  type Collection,
  indexesOf,
  itemOf,
  longestItem,
  type LongRequest,
  needed,
  pageBytes,
  type PageRequest,
  pairsIn,
  positionOf,
  type RawItem,
  scanned,
} from './collection.js';
import { about, type RawKey } from './raw-key.js';

/** Without NOVALUES, HSCAN would send the values: hashes up to this length return all names at once. */
const mostNames = 1000;
/** Examines many fields per step, because few may match. A page ends after a time limit. */
const step = 1000;
const searchMs = 500;

export const hash: Collection = {
  length: 'HLEN',
  isOfKey: true,

  /** Reads names, then lengths of values, then the values that are not too long. */
  async page(raw, request) {
    const names = await namesOf(raw, request);
    if (!names) return undefined;
    const { fields, cursor } = names;
    const sizes = await raw.askAll(fields.map((field) => about('HSTRLEN', field)));
    const isAsked = sizes.map((size) => Number(size) <= longestItem);
    const asked = fields.filter((_, index) => isAsked[index]);
    const values = asked.length > 0 ? await raw.ask(about('HMGET', ...asked)) : [];
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- HMGET returns bytes or null per field
    const found = new Map(asked.map((field, index) => [field, (values as (Buffer | null)[])[index]]));
    const items = fields.flatMap((field, index): RawItem[] => {
      const name = nameOf(field);
      if (!isAsked[index]) return [{ name, size: Number(sizes[index]) }];
      const data = found.get(field);
      // The field no longer exists.
      return data ? [{ name, ...itemOf(data) }] : [];
    });
    return { items, ...(cursor !== undefined && { cursor }) };
  },

  command: (request) => about('HSCAN', positionOf(request), 'MATCH', request.match ?? '*', 'COUNT', request.count),

  read(reply) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- HSCAN returns a cursor and a flat list
    const [cursor, flat] = reply as [Buffer, Buffer[]];
    return scanned(
      pairsIn(flat).map(([name, value]) => ({ name: nameOf(name), ...itemOf(value) })),
      cursor,
    );
  },

  add: async (cache, key, { name, value }) => cache.hsetnx(key, needed(name, 'name'), needed(value, 'value')),

  change({ name, value }) {
    const field = fieldOf(needed(name, 'name'));
    return { get: ['HGET', field], set: ['HSET', field, new Value(needed(value, 'value'))] };
  },

  remove: (key, { name }) => write('HDEL', [key, fieldOf(needed(name, 'name'))], integer),
};

interface Names {
  readonly fields: readonly Buffer[];
  readonly cursor?: string;
}

/**
 * Lists names with HSCAN NOVALUES (Redis 7.4, Valkey 8). Resolves to `undefined` if an older server would return too
 * many.
 */
async function namesOf(raw: RawKey, request: LongRequest): Promise<Names | undefined> {
  const { match, count, length, memory = 0 } = request;
  // No command reports the length of names: if they may be long, start with one.
  const longestStep = match === undefined ? count : step;
  let most = memory / length > longestItem ? 1 : longestStep;
  const endsAt = performance.now() + searchMs;
  const fields: Buffer[] = [];
  let [at, bytes] = [positionOf(request), 0];
  do {
    const [reply] = await raw.askAll([about('HSCAN', at, 'MATCH', match ?? '*', 'COUNT', most, 'NOVALUES')]);
    if (!Array.isArray(reply)) return length > mostNames ? undefined : allNames(raw, request);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- HSCAN NOVALUES returns a cursor and names
    const [next, names] = reply as [Buffer, Buffer[]];
    fields.push(...names);
    for (const name of names) bytes += name.length;
    most = Math.min(4 * most, longestStep);
    at = String(next);
  } while (at !== '0' && fields.length < count && bytes < pageBytes && performance.now() < endsAt);
  return at === '0' ? { fields } : { fields, cursor: at };
}

/** Splits all names into pages: the cursor is a position in the list. */
async function allNames(raw: RawKey, request: PageRequest): Promise<Names> {
  const { match, count } = request;
  const [start] = indexesOf(request);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- HKEYS returns the names
  const names = ((await raw.ask(about('HKEYS'))) as Buffer[]).toSorted((a, b) => a.compare(b));
  const matching = match === undefined ? names : names.filter((name) => matchGlob(Buffer.from(match), name));
  const fields = matching.slice(start, start + count);
  return start + count < matching.length ? { fields, cursor: String(start + count) } : { fields };
}

export const fieldOf = (name: string): string | Buffer => (name.isWellFormed() ? name : bytesOfName(name, 'A field'));
