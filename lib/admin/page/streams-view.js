import { get, urlOf } from './api.js';
import { button, el, failure, refill } from './dom.js';
import { number } from './format.js';
import { latest } from './latest.js';
import { shownName } from './name.js';
import { PagedList } from './pages.js';
import { hrefOf, place } from './place.js';
import { lettersOf } from './stream-letters.js';
import { groupOf } from './stream-groups.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { StreamRow, StreamsPage, StreamView } from '../own/streams.js'
 * @import { Place } from './place.js'
 */

/** Lists the streams of a cache, with the groups of the chosen stream. */
export class StreamsView {
  /** @type {string | undefined} */
  shownKey;
  /** @type {string | undefined} */
  version;
  begin = latest();

  /** @param {VisibleCache} cache */
  constructor(cache) {
    this.cache = cache;
    /** @type {PagedList<StreamRow>} */
    this.streams = new PagedList({
      label: 'Streams',
      titles: ['Stream', 'Entries', 'Groups', 'Pending'],
      noun: ['stream', 'streams'],
      id: ({ key }) => key,
      load: async (cursor) => {
        /** @type {StreamsPage} */
        const page = await get(urlOf(this.cache.name, '/streams'), { cursor, version: place().version });
        return { rows: page.streams, cursor: page.cursor };
      },
      row: ({ key, length, groups, pending }) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, el('a', { href: hrefOf({ of: key }) }, shownName(key))),
          el('td', { class: 'number' }, number(length)),
          el('td', { class: 'number' }, number(groups)),
          el('td', { class: 'number' }, number(pending)),
        ),
    });
    this.chosen = el('section', { class: 'own', hidden: true, tabindex: '-1', 'aria-label': 'Chosen stream' });
    this.element = el(
      'div',
      { class: 'own' },
      el(
        'section',
        {},
        el(
          'div',
          { class: 'head' },
          el('h2', {}, 'Streams'),
          button('Refresh', () => this.reload()),
        ),
        this.streams.element,
      ),
      this.chosen,
    );
  }

  /** @param {Place} at */
  show({ of, version }) {
    const isOther = version !== this.version;
    this.version = version;
    if (isOther) void this.streams.reload();
    const isLeft = this.chosen.contains(document.activeElement) && this.shownKey;
    this.chosen.hidden = of === '';
    if (of === this.shownKey && !isOther) return;
    if (of === '' && isLeft) this.streams.focus(isLeft);
    this.shownKey = of;
    this.begin();
    if (of === '') return;
    this.chosen.replaceChildren(el('h2', {}, shownName(of)), el('p', { class: 'quiet' }, 'Loading…'));
    this.chosen.focus();
    void this.open(of);
  }

  async reload() {
    await this.streams.reload();
    if (this.shownKey) await this.open(this.shownKey);
  }

  /** @param {string} key */
  async open(key) {
    const { cache, version = '' } = this;
    const isCurrent = this.begin();
    try {
      /** @type {StreamView} */
      const view = await get(urlOf(cache.name, '/streams/groups'), { key, version });
      if (!isCurrent()) return;
      const stream = { cache, key, version, changed: () => this.reload() };
      const letters = el('div');
      refill(
        this.chosen,
        el(
          'div',
          { class: 'head' },
          el('h2', {}, shownName(key)),
          el(
            'div',
            { class: 'actions' },
            el('a', { href: hrefOf({ view: 'keys', of: '', key }) }, 'Show its entries'),
            el('a', { href: hrefOf({ of: '' }) }, 'Close'),
          ),
        ),
        view.groupCount === 0
          ? el('p', { class: 'quiet' }, 'No group reads this stream.')
          : el('p', { class: 'quiet' }, `${number(view.groupCount)} groups, ${number(view.length)} entries.`),
        ...view.groups.map((group) => groupOf(stream, group)),
        letters,
      );
      if (cache.rights.read) letters.replaceChildren(...(await lettersOf(stream)));
    } catch (error) {
      if (isCurrent())
        refill(
          this.chosen,
          failure(error, () => this.open(key)),
        );
    }
  }
}
