import { get, post, urlOf } from './api.js';
import { ask } from './dialog.js';
import { button, el, failure, notify, refill } from './dom.js';
import { number, timeToLive } from './format.js';
import { latest } from './latest.js';
import { plainName, shownName } from './name.js';
import { PagedList, searchHead } from './pages.js';
import { hrefOf, place } from './place.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { TagCounts, TaggedEntry, TaggedPage, TagRow, TagsPage } from '../own/tags.js'
 * @import { Place } from './place.js'
 */

/** Lists the tags in use, with the entries of the chosen tag. */
export class TagsView {
  pattern = '';
  /** @type {Map<string, number>} */
  counts = new Map();
  looked = 0;
  /** @type {string | undefined} */
  shownTag;
  /** @type {PagedList<TaggedEntry> | undefined} */
  entries;
  begin = latest();

  /** @param {VisibleCache} cache */
  constructor(cache) {
    this.cache = cache;
    const { invalidate } = cache.rights;
    this.told = el('p', { class: 'quiet', role: 'status' });
    this.trouble = el('div');
    /** @type {PagedList<TagRow>} */
    this.tags = new PagedList({
      label: 'Tags in use',
      titles: ['Tag', 'Entries', 'Known for', invalidate && 'Change'],
      noun: ['tag', 'tags'],
      id: ({ tag }) => tag,
      load: async (cursor) => {
        /** @type {TagsPage} */
        const page = await get(this.url(''), { pattern: this.pattern, cursor });
        return { rows: page.tags, cursor: page.cursor };
      },
      row: (row) => this.row(row),
    });
    this.chosen = el('section', { class: 'own', hidden: true, tabindex: '-1', 'aria-label': 'Chosen tag' });
    this.element = el(
      'div',
      { class: 'own' },
      el(
        'section',
        {},
        searchHead('Tags', {
          placeholder: 'product:*',
          search: (pattern) => {
            this.pattern = pattern;
            void this.tags.reload();
          },
          actions: [button('Count entries', () => this.count(undefined)), button('Refresh', () => this.tags.reload())],
        }),
        this.told,
        this.trouble,
        this.tags.element,
      ),
      this.chosen,
    );
    void this.tags.reload();
  }

  /** @param {Place} at */
  show({ of }) {
    const isLeft = this.chosen.contains(document.activeElement) && this.shownTag;
    this.chosen.hidden = of === '';
    if (of === this.shownTag) return;
    if (of === '' && isLeft) this.tags.focus(isLeft);
    this.shownTag = of;
    if (of !== '') this.open(of);
  }

  /** @param {string} path */
  url(path) {
    return urlOf(this.cache.name, `/tags${path}`);
  }

  /** @param {TagRow} row */
  row({ tag, ttlMs }) {
    const element = el(
      'tr',
      {},
      el('th', { scope: 'row' }, el('a', { href: hrefOf({ of: tag }) }, shownName(tag))),
      el('td', { class: 'number' }, this.countOf(tag)),
      el('td', { class: 'number' }, timeToLive(ttlMs)),
      this.cache.rights.invalidate &&
        el(
          'td',
          { class: 'changes' },
          button('Invalidate…', () => this.invalidate(tag), {
            class: 'danger',
            'aria-label': plainName(`Invalidate ${tag}`),
          }),
        ),
    );
    element.dataset.tag = tag;
    return element;
  }

  /** @param {string} tag */
  countOf(tag) {
    return this.looked === 0 ? '–' : number(this.counts.get(tag) ?? 0);
  }

  /**
   * Counts entries per tag, one page of entries at a time: no index leads from a tag to its entries.
   *
   * @param {string | undefined} cursor
   */
  async count(cursor) {
    const isCurrent = this.begin();
    try {
      /** @type {TagCounts} */
      const page = await get(this.url('/counts'), { cursor, version: place().version });
      if (!isCurrent()) return;
      if (cursor === undefined) [this.counts, this.looked] = [new Map(), 0];
      refill(this.trouble);
      for (const [tag, count] of page.counts) this.counts.set(tag, (this.counts.get(tag) ?? 0) + count);
      this.looked += page.looked;
      for (const row of this.tags.rows.rows) {
        const cell = row.cells[1];
        if (cell) cell.textContent = this.countOf(row.dataset.tag ?? '');
      }
      refill(
        this.told,
        `Counted in ${number(this.looked)} strings of version ${place().version || this.cache.version}${page.cursor ? ' so far' : ''}. `,
        ...(page.cursor ? [button('Count more', () => this.count(page.cursor))] : []),
      );
    } catch (error) {
      if (isCurrent())
        refill(
          this.trouble,
          failure(error, () => this.count(cursor)),
        );
    }
  }

  /** @param {string} tag */
  open(tag) {
    const looked = el('p', { class: 'quiet' });
    let sum = 0;
    this.entries = new PagedList({
      label: 'Entries of the tag',
      titles: ['Key', 'Kept for', 'Read as'],
      noun: ['entry', 'entries'],
      id: ({ key }) => key,
      load: async (cursor) => {
        /** @type {TaggedPage} */
        const page = await get(this.url('/entries'), { tag, cursor, version: place().version });
        sum = page.looked + (cursor === undefined ? 0 : sum);
        looked.textContent = `Found among ${number(sum)} strings of version ${place().version || this.cache.version}.`;
        return { rows: page.entries, cursor: page.cursor };
      },
      row: ({ key, keptMs, isCurrent }) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, el('a', { href: hrefOf({ view: 'keys', of: '', key }) }, shownName(key))),
          el('td', { class: 'number' }, timeToLive(keptMs)),
          el('td', {}, isCurrent ? 'a hit' : 'a miss: the tag was invalidated'),
        ),
    });
    this.chosen.replaceChildren(
      el(
        'div',
        { class: 'head' },
        el('h2', {}, 'Entries tagged ', shownName(tag)),
        el(
          'div',
          { class: 'actions' },
          this.cache.rights.invalidate && button('Invalidate…', () => this.invalidate(tag), { class: 'danger' }),
          el('a', { href: hrefOf({ of: '' }) }, 'Close'),
        ),
      ),
      looked,
      this.entries.element,
    );
    void this.entries.reload();
    this.chosen.focus();
  }

  /** @param {string} tag */
  async invalidate(tag) {
    const count = this.counts.get(tag);
    await ask({
      title: 'Invalidate the tag?',
      text: 'From now on, every entry with this tag is a miss, in every version, and is loaded again when it is read. This cannot be undone.',
      details: [
        el('p', {}, shownName(tag)),
        ...(count === undefined ? [] : [el('p', {}, `${number(count)} of the counted entries have it.`)]),
      ],
      action: 'Invalidate',
      isDanger: true,
      run: async () => {
        /** @type {{ wasInUse: boolean }} */
        const { wasInUse } = await post(this.url('/invalidate'), { tag });
        notify(wasInUse ? 'The tag was invalidated.' : 'No entry had the tag anymore.');
      },
      refresh: () => {
        void this.tags.reload();
        if (this.shownTag === tag) void this.entries?.reload();
      },
    });
  }
}
