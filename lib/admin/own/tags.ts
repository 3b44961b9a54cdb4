import { nameOf } from '../../arguments/names.js';
import { isMarked } from '../../arguments/scope.js';
import type { Stamp } from '../../codec/envelope.js';
import { escapeGlob } from '../../execution/key-builder.js';
import { about, type OpenCache } from '../entries/raw-key.js';
import { askEach, walk } from './walk.js';

/** A tag that entries carry or have carried. */
export interface TagRow {
  readonly tag: string;
  /** Milliseconds until its stamp expires; `-1` for never. */
  readonly ttlMs: number;
}

export interface TagsPage {
  readonly tags: readonly TagRow[];
  readonly cursor?: string;
}

/** An entry that carries a tag. */
export interface TaggedEntry {
  readonly key: string;
  /** Milliseconds until the server deletes it; `-1` for never. */
  readonly keptMs: number;
  /** `false` if the tag was invalidated later: readers miss the entry. */
  readonly isCurrent: boolean;
}

export interface TaggedPage {
  readonly entries: readonly TaggedEntry[];
  /** Number of entries that were examined. */
  readonly looked: number;
  readonly cursor?: string;
}

/** Number of examined entries per tag. */
export interface TagCounts {
  readonly counts: readonly (readonly [tag: string, current: number])[];
  readonly looked: number;
  readonly cursor?: string;
}

/** Covers the tags of nearly all entries; longer ones need another read. */
const beginning = 1024;
/** Limits the entries of one page of counts: a large cache would take too long. */
const mostCounted = 20_000;

/** Lists the tags in use by their stamps, one page at a time. */
export async function tagsOf(open: OpenCache, pattern: string, cursor: string | undefined): Promise<TagsPage> {
  const head = open.peek.ownName('tag', '');
  const page = await walk(open, { match: escapeGlob(head) + pattern, cursor }, async (wires) => {
    // The stamp without a name applies to all tags.
    const stamps = wires.filter((wire) => nameOf(wire) !== head);
    const replies = await askEach(open.pool, stamps, [about('PTTL')]);
    return stamps.flatMap((wire, index): TagRow[] => {
      const ttlMs = Number(replies[index]?.[0]);
      return ttlMs === -2 ? [] : [{ tag: nameOf(wire).slice(head.length), ttlMs }];
    });
  });
  return { tags: page.rows.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)), ...cursorOf(page) };
}

/**
 * Lists the entries of a tag, one page at a time. No index leads from a tag to its entries, so it examines all entries.
 */
export async function taggedEntries(open: OpenCache, tag: string, cursor: string | undefined): Promise<TaggedPage> {
  const [[stamp] = []] = await askEach(open.pool, [open.peek.ownName('tag', tag)], [about('GET')]);
  const current = Buffer.isBuffer(stamp) ? String(stamp) : undefined;
  const page = await walk(open, { match: open.peek.everyKey, type: 'string', cursor }, async (wires) =>
    (await stampedOf(open, wires)).flatMap(({ key, keptMs, stamps }): TaggedEntry[] => {
      const its = stamps.find(([name]) => name === tag);
      return its ? [{ key, keptMs, isCurrent: its[1] === current }] : [];
    }),
  );
  return { entries: page.rows, looked: page.looked, ...cursorOf(page) };
}

/** Counts the entries of every tag, as far as the time of a page allows. */
export async function countTags(open: OpenCache, cursor: string | undefined): Promise<TagCounts> {
  const counts = new Map<string, number>();
  const request = { match: open.peek.everyKey, type: 'string', cursor, most: mostCounted };
  const page = await walk(open, request, async (wires) => {
    const entries = await stampedOf(open, wires);
    const current = await currentStamps(open, new Set(entries.flatMap(({ stamps }) => stamps.map(([tag]) => tag))));
    for (const { stamps } of entries) {
      for (const [tag, stamp] of stamps)
        if (!isMarked(tag) && current.get(tag) === stamp) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
    return entries;
  });
  return { counts: [...counts], looked: page.looked, ...cursorOf(page) };
}

interface Stamped {
  readonly key: string;
  readonly keptMs: number;
  readonly stamps: readonly Stamp[];
}

async function stampedOf({ peek, pool }: OpenCache, wires: readonly Buffer[]): Promise<Stamped[]> {
  const known = wires.flatMap((wire) => {
    const key = peek.userKey(wire);
    return key === undefined ? [] : [{ wire, key }];
  });
  const commands = [about('GETRANGE', 0, beginning - 1), about('PTTL')];
  const replies = await askEach(
    pool,
    known.map(({ wire }) => wire),
    commands,
  );
  const found: Stamped[] = [];
  for (const [index, { key }] of known.entries()) {
    const [bytes, keptMs] = replies[index] ?? [];
    const head = await peek.headOf(key, bytes);
    if (head?.tags?.length) found.push({ key, keptMs: Number(keptMs), stamps: head.tags });
  }
  return found;
}

async function currentStamps({ peek, pool }: OpenCache, tags: ReadonlySet<string>): Promise<Map<string, string>> {
  const names = [...tags].filter((tag) => !isMarked(tag));
  const stamps = await askEach(
    pool,
    names.map((tag) => peek.ownName('tag', tag)),
    [about('GET')],
  );
  return new Map(
    names.flatMap((tag, index) => (Buffer.isBuffer(stamps[index]?.[0]) ? [[tag, String(stamps[index][0])]] : [])),
  );
}

const cursorOf = ({ cursor }: { readonly cursor?: string }): { cursor?: string } =>
  cursor === undefined ? {} : { cursor };
