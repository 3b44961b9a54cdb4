import { get, urlOf } from './api.js';
import { el, refill, showTrouble } from './dom.js';
import { bytes, duration, number } from './format.js';
import { latest } from './latest.js';
import { shownName } from './name.js';
import { hrefOf } from './place.js';
import { tiles } from './server-view.js';
import { headOf } from './table.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { CopiesView, FlightRow, ProcessView as View } from '../own/process.js'
 */

const everyMs = 2000;

/** Shows the loads and local copies of the answering process. It refreshes itself. */
export class ProcessView {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;
  /** @type {View | undefined} */
  last;
  begin = latest();

  /** @param {VisibleCache} cache */
  constructor(cache) {
    this.cache = cache;
    this.rows = el('tbody');
    this.told = el('p', { class: 'quiet' });
    this.copies = el('section', { class: 'own' });
    this.trouble = el('div');
    this.element = el(
      'div',
      { class: 'own' },
      this.trouble,
      el(
        'section',
        {},
        el('h2', {}, 'Loads under way'),
        this.told,
        el(
          'div',
          { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Loads under way' },
          el('table', {}, headOf(['Key', 'Running for', 'Waiting callers', 'State']), this.rows),
        ),
      ),
      this.copies,
    );
  }

  show() {
    clearInterval(this.timer);
    void this.look();
  }

  leave() {
    this.begin();
    clearInterval(this.timer);
  }

  async look() {
    const isCurrent = this.begin();
    try {
      /** @type {View} */
      const view = await get(urlOf(this.cache.name, '/process'));
      if (!isCurrent()) return;
      this.trouble.replaceChildren();
      this.draw(view);
      this.last = view;
    } catch (error) {
      if (!isCurrent()) return;
      showTrouble(this.trouble, error);
    }
    this.timer = setInterval(() => {
      if (document.hidden) return;
      clearInterval(this.timer);
      void this.look();
    }, everyMs);
  }

  /** @param {View} view */
  draw({ flights, flightCount, ofTenants, copies, atMs }) {
    this.told.textContent =
      flightCount === 0
        ? 'None: this process runs no factory of getOrSet, @Cacheable and the like.'
        : `${number(flightCount)} in this process, the oldest first${ofTenants > 0 ? `; ${number(ofTenants)} of tenants, whose keys are not shown` : ''}.`;
    refill(this.rows, ...flights.map(flightOf));
    this.copies.replaceChildren(el('h2', {}, 'Local copies'), ...this.copiesOf(copies, atMs));
  }

  /**
   * @param {CopiesView | undefined} copies
   * @param {number} atMs
   */
  copiesOf(copies, atMs) {
    if (!copies) return [el('p', { class: 'quiet' }, 'This cache keeps none: they need the option tracking.')];
    const { last } = this;
    const seconds = last ? (atMs - last.atMs) / 1000 : 0;
    const changes = copies.invalidations - (last?.copies?.invalidations ?? 0);
    return [
      ...(copies.isActive
        ? []
        : [el('p', { class: 'note' }, 'They are off: a server does not report changes. Every read goes to a server.')]),
      tiles([
        ['Entries', `${number(copies.entries)} of ${number(copies.maxEntries)}`],
        ['Bytes', `${bytes(copies.bytes)} of ${bytes(copies.maxBytes)}`],
        ['Hits', number(copies.hits)],
        ['Dropped for lack of room', number(copies.evictions)],
        ['Changes reported', number(copies.invalidations)],
        [
          'Changes a second',
          seconds > 0 ? (changes / seconds).toLocaleString(undefined, { maximumFractionDigits: 1 }) : '…',
        ],
      ]),
    ];
  }
}

const states = {
  running: 'running',
  late: 'late: its callers got an error',
  hung: 'hung: nobody waits for it anymore',
};

/** @param {FlightRow} flight */
function flightOf({ key, version, ageMs, callers, state }) {
  const told = callers === 0 ? 'none: it refreshes a stale copy' : number(callers);
  return el(
    'tr',
    {},
    el(
      'th',
      { scope: 'row' },
      el('a', { href: hrefOf({ view: 'keys', key, version: String(version) }) }, shownName(key)),
    ),
    el('td', { class: 'number' }, duration(ageMs)),
    el('td', {}, told),
    el('td', {}, states[state]),
  );
}
