import { nameOf } from '../../arguments/names.js';
import { isMarked } from '../../arguments/scope.js';
import type { Stamp } from '../../codec/envelope.js';
import { escapeGlob } from '../../execution/key-builder.js';
import { about, type OpenCache } from '../entries/raw-key.js';
import { askEach, walk } from './walk.js';

/** A tag that entries carry, or did. */
export interface TagRow {
  readonly tag: string;
  /** Milliseconds that it is still known; `-1` without an end. */
  readonly ttlMs: number;
}

export interface TagsPage {
  readonly tags: readonly TagRow[];
  readonly cursor?: string;
}

/** An entry that carries a tag. */
export interface TaggedEntry {
  readonly key: string;
  /** Milliseconds that the server still keeps it; `-1` without an end. */
  readonly keptMs: number;
  /** `false`: the tag was invalidated since, and readers miss it. */
  readonly isCurrent: boolean;
}

export interface TaggedPage {
  readonly entries: readonly TaggedEntry[];
  /** How many entries were looked at for that. */
  readonly looked: number;
  readonly cursor?: string;
}

/** How many entries carry each tag, of those that were looked at. */
export interface TagCounts {
  readonly counts: readonly (readonly [tag: string, current: number])[];
  readonly looked: number;
  readonly cursor?: string;
}

/** Enough for the tags of nearly all entries; the others are asked for one by one. */
const beginning = 1024;
/** Entries that a page of counts is made of: nobody waits for all of a large cache. */
const mostCounted = 20_000;

/** A page of the tags in use, by their stamps. */
export async function tagsOf(open: OpenCache, pattern: string, cursor: string | undefined): Promise<TagsPage> {
  const head = open.peek.ownName('tag', '');
  const page = await walk(open, { match: escapeGlob(head) + pattern, cursor }, async (wires) => {
    // Without a name: what counts for all tags.
    const stamps = wires.filter((wire) => nameOf(wire) !== head);
    const replies = await askEach(open.pool, stamps, [about('PTTL')]);
    return stamps.flatMap((wire, index): TagRow[] => {
      const ttlMs = Number(replies[index]?.[0]);
      return ttlMs === -2 ? [] : [{ tag: nameOf(wire).slice(head.length), ttlMs }];
    });
  });
  return { tags: page.rows.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)), ...cursorOf(page) };
}

/** A page of the entries of one tag. Nothing leads from a tag to its entries: all of them are looked at. */
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

/** Counts the entries of every tag, as far as it comes in the time of a page. */
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
