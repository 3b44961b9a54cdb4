import { get, urlOf } from './api.js';
import { el, keepFocus } from './dom.js';
import { keysOf, number, patternOf } from './format.js';
import { ListFoot } from './list-foot.js';
import { shownName } from './name.js';
import { hrefOf, whereOf } from './place.js';

/**
 * @import { KeyTreePage } from '../key-tree.js'
 * @import { Place } from './place.js'
 */

/** A level of the tree: the keys below a prefix, as far as they were examined. */
export class TreeLevel {
  /** @type {Map<string, number>} */
  counts = new Map();
  /** @type {Map<string, HTMLLIElement>} */
  nodes = new Map();
  seen = 0;
  untold = 0;
  hasBegun = false;

  /**
   * @param {string} cache
   * @param {Place} at selects the keys
   * @param {string} prefix
   */
  constructor(cache, at, prefix = '') {
    this.cache = cache;
    this.at = at;
    this.prefix = prefix;
    this.list = el('ul', {});
    this.foot = new ListFoot();
    this.element = el('div', { class: 'tree' }, this.list, this.foot.element);
  }

  /** @param {string | undefined} cursor */
  async more(cursor) {
    const { pattern, type, ...where } = this.at;
    if (!this.hasBegun) this.foot.wait('Looking…');
    this.hasBegun = true;
    try {
      /** @type {KeyTreePage} */
      const page = await get(urlOf(this.cache, '/keys/tree'), {
        pattern,
        type,
        prefix: this.prefix,
        ...whereOf(where),
        cursor,
      });
      this.add(page);
      this.foot.tell(this.told(page), 'Look at more', page.cursor !== undefined && (() => this.more(page.cursor)));
    } catch (error) {
      this.foot.fail(error, () => this.more(cursor));
    }
  }

  /** @param {KeyTreePage} page */
  add({ seen, groups, keys, untold }) {
    this.seen += seen;
    this.untold += untold;
    for (const { prefix, keys: count } of groups) {
      const all = (this.counts.get(prefix) ?? 0) + count;
      this.counts.set(prefix, all);
      const node = this.nodes.get(prefix) ?? this.group(prefix);
      node.querySelector('small')?.replaceChildren(keysOf(all));
      this.nodes.set(prefix, node);
    }
    for (const key of keys) if (!this.nodes.has(key)) this.nodes.set(key, this.leaf(key));
    const sorted = [...this.nodes].toSorted(([a], [b]) => (a < b ? -1 : 1));
    keepFocus(this.list, () => this.list.append(...sorted.map(([, node]) => node)));
  }

  /** @param {KeyTreePage} page */
  told({ cursor }) {
    const untold = this.untold > 0 ? ` ${number(this.untold)} of them are not listed: there is no room for more.` : '';
    if (cursor) return `Counts are of the first ${keysOf(this.seen)} found; there may be more.${untold}`;
    return this.seen === 0 ? 'No key matches.' : `All ${keysOf(this.seen)} found.${untold}`;
  }

  /** @param {string} prefix */
  group(prefix) {
    const below = new TreeLevel(this.cache, this.at, prefix);
    const list = el('a', { href: hrefOf({ as: '', key: '', pattern: patternOf(prefix) }) }, 'as a list');
    const details = el(
      'details',
      {
        ontoggle: () => {
          if (details.open && !below.hasBegun) void below.more(undefined);
        },
      },
      el('summary', {}, shownName(prefix.slice(this.prefix.length)), ' ', el('small', {})),
      el('p', { class: 'quiet' }, list),
      below.element,
    );
    return el('li', {}, details);
  }

  /** @param {string} key */
  leaf(key) {
    return el('li', {}, el('a', { href: hrefOf({ key }) }, shownName(key.slice(this.prefix.length))));
  }
}
