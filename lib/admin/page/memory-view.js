import { get, urlOf } from './api.js';
import { button, el, failure, refill } from './dom.js';
import { bytes, duration, number, patternOf, percent, timeToLive } from './format.js';
import { latest } from './latest.js';
import { plainName, shownName } from './name.js';
import { hrefOf, place } from './place.js';
import { bar, table } from './table.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { Child } from './dom.js'
 * @import { ExpiryBand, KindMemory, LargeKey, MemoryView as Memory } from '../memory/memory-sample.js'
 */

/** Shows the memory of keys: by prefix, the largest keys, and by time of expiry. */
export class MemoryView {
  begin = latest();

  /**
   * @param {VisibleCache} cache
   */
  constructor(cache) {
    this.cache = cache;
    this.element = el('div', { class: 'server' });
  }

  show() {
    void this.load();
  }

  async load() {
    const isCurrent = this.begin();
    refill(this.element, this.section('Looking at keys…'));
    try {
      /** @type {Memory} */
      const view = await get(urlOf(this.cache.name, '/memory'), { version: place().version });
      if (isCurrent()) refill(this.element, this.summary(view), largestOf(view), expiryOf(view));
    } catch (error) {
      if (isCurrent())
        refill(
          this.element,
          failure(error, () => this.load()),
        );
    }
  }

  /** @param {Memory} view */
  summary(view) {
    const { looked, share, isComplete, isWeighed } = view;
    const told = isComplete
      ? `All ${number(looked)} keys of this cache.`
      : `${number(looked)} keys of this cache were looked at${share === undefined ? ', and there are more. All figures are of this sample.' : `: about ${percent(share)} of the database. All figures are of this sample; the whole is about ${number(Math.round(1 / Math.max(share, 1e-6)))} times as much.`}`;
    return this.section(
      told,
      !isWeighed && el('p', { class: 'note' }, 'Sizes are unknown: the server refuses MEMORY USAGE.'),
      looked > 0 && prefixesOf(view),
    );
  }

  /**
   * @param {string} told
   * @param {Child[]} figures
   */
  section(told, ...figures) {
    return el(
      'section',
      {},
      el(
        'div',
        { class: 'head' },
        el('h2', {}, 'Memory by prefix'),
        button('Sample again', () => this.load()),
      ),
      el('p', { class: 'quiet', role: 'status' }, told),
      ...figures,
    );
  }
}

/** @param {Memory} view */
function prefixesOf({ prefixes }) {
  const total = prefixes.reduce((sum, each) => sum + each.bytes, 0);
  return table(
    'Memory by prefix',
    ['Prefix', 'Memory', 'Keys', 'Average per key', 'Never expire', 'Show'],
    prefixes.map((each) => [
      shownName(each.prefix === '*' ? 'other keys' : `${each.prefix}*`),
      bar(bytes(each.bytes), each.bytes / total),
      number(each.keys),
      bytes(Math.round(each.bytes / each.keys)),
      number(each.lasting),
      keysOf(each),
    ]),
  );
}

/** @param {KindMemory} kind */
const keysOf = ({ prefix }) =>
  prefix !== '*' &&
  el(
    'a',
    {
      href: hrefOf({ view: 'keys', pattern: patternOf(prefix), key: '' }),
      'aria-label': plainName(`Keys of ${prefix}*`),
    },
    'Keys',
  );

/** @param {Memory} view */
const largestOf = ({ largest }) =>
  el(
    'section',
    {},
    el('h2', {}, 'Largest keys'),
    largest.length === 0
      ? el('p', { class: 'quiet' }, 'There is no key.')
      : table('Largest keys', ['Key', 'Memory', 'Expires in'], largest.map(rowOf)),
  );

/** @param {LargeKey} row */
const rowOf = ({ key, bytes: size, ttlMs }) => [
  el('a', { href: hrefOf({ view: 'keys', key }) }, shownName(key)),
  bytes(size),
  timeToLive(ttlMs),
];

/** @param {Memory} view */
function expiryOf({ expiry }) {
  const most = Math.max(...expiry.map(({ keys }) => keys));
  return el(
    'section',
    {},
    el('h2', {}, 'When keys expire'),
    table(
      'When keys expire',
      ['Within', 'Keys', 'Memory'],
      expiry.map((band, index) => [
        nameOf(band, expiry[index - 1]),
        bar(number(band.keys), band.keys / most),
        bytes(band.bytes),
      ]),
    ),
    el('p', { class: 'quiet' }, 'Keys that expire in the same minute cause misses in the next one.'),
  );
}

/**
 * JSON has no infinity.
 *
 * @param {ExpiryBand} band
 * @param {ExpiryBand | undefined} before
 */
function nameOf({ withinMs }, before) {
  if (withinMs !== null) return duration(withinMs);
  return before?.withinMs === null ? 'never' : 'later';
}
