import { el } from './dom.js';
import { bytes, timeToLive } from './format.js';
import { plainName, shownName } from './name.js';
import { hrefOf } from './place.js';
import { SortedRows, sortedBy } from './sorted-rows.js';

/** @import { KeyRow } from '../key-search.js' */

/** The keys that a search has found. */
export class KeysTable {
  /** Whether a key was opened by keyboard, since {@link takePress}. */
  isPressed = false;

  /**
   * @param {boolean} isChosen whether rows have a checkbox
   * @param {object} heard
   * @param {() => unknown} heard.chose called when a row is chosen, or no longer
   * @param {() => unknown} heard.reopened called when the open key is opened by keyboard again
   */
  constructor(isChosen, { chose, reopened }) {
    this.isChosen = isChosen;
    this.sorted = new SortedRows([
      ['Key', true],
      ['Type', true],
      ['Expires in', true],
      ['Size', true],
      isChosen && ['Choose', false],
    ]);
    this.body = this.sorted.body;
    /** @param {MouseEvent} event */
    const onclick = ({ detail, target }) => {
      if (detail !== 0 || !(target instanceof Element)) return;
      const link = target.closest('a');
      if (link?.hasAttribute('aria-current')) reopened();
      else this.isPressed = link !== null;
    };
    const on = { onkeydown: walk, onchange: chose, onclick };
    this.element = el('table', { class: 'keys', ...on }, this.sorted.head, this.body);
  }

  /** Whether the last key was opened by keyboard; asked once. */
  takePress() {
    const { isPressed } = this;
    this.isPressed = false;
    return isPressed;
  }

  get count() {
    return this.body.children.length;
  }

  get isShown() {
    return this.body.offsetParent !== null;
  }

  clear() {
    this.body.replaceChildren();
  }

  /**
   * Adds the keys that are not there yet: a walk over all keys may return one twice.
   *
   * @param {readonly KeyRow[]} found
   */
  add(found) {
    const known = new Set(Array.from(this.body.rows, (row) => row.dataset.key));
    this.sorted.append(found.filter(({ key }) => !known.has(key)).map((row) => rowOf(row, this.isChosen)));
  }

  /**
   * Marks the open key.
   *
   * @param {string} key
   */
  mark(key) {
    for (const row of this.body.rows) {
      const link = row.querySelector('a');
      if (row.dataset.key === key) link?.setAttribute('aria-current', 'true');
      else link?.removeAttribute('aria-current');
    }
  }

  /**
   * The link of the open key.
   *
   * @returns {HTMLElement | null}
   */
  get marked() {
    return this.body.querySelector('a[aria-current]');
  }

  /** @param {string} key */
  remove(key) {
    this.find(key)?.remove();
  }

  /**
   * @param {string} key
   * @param {number} ttlMs
   */
  setLife(key, ttlMs) {
    const cell = this.find(key)?.cells[2];
    if (cell) sortedBy(cell, lifeOf(ttlMs)).textContent = timeToLive(ttlMs);
  }

  get chosen() {
    return Array.from(this.body.querySelectorAll('input:checked'), (box) => box.closest('tr')?.dataset.key ?? '');
  }

  /** @param {string} key */
  find(key) {
    return Array.from(this.body.rows).find(({ dataset }) => dataset.key === key);
  }
}

/**
 * @param {KeyRow} row
 * @param {boolean} isChosen whether rows have a checkbox
 */
function rowOf({ key, type, ttlMs, bytes: size }, isChosen) {
  const row = el(
    'tr',
    {},
    sortedBy(el('td', {}, el('a', { href: hrefOf({ key }) }, shownName(key))), key),
    sortedBy(el('td', {}, el('span', { class: `badge ${type}` }, type)), type),
    sortedBy(el('td', { class: 'number' }, timeToLive(ttlMs)), lifeOf(ttlMs)),
    sortedBy(el('td', { class: 'number' }, size === undefined ? '–' : bytes(size)), size ?? -1),
    isChosen &&
      el('td', {}, el('input', { type: 'checkbox', 'aria-label': `Choose ${plainName(key)}`, autocomplete: 'off' })),
  );
  row.dataset.key = key;
  return row;
}

/**
 * Sorts keys that never expire last.
 *
 * @param {number} ttlMs
 */
const lifeOf = (ttlMs) => (ttlMs === -1 ? Infinity : ttlMs);

/** @type {Readonly<Record<string, number>>} */
const steps = { ArrowDown: 1, ArrowUp: -1 };

/**
 * Moves between keys with the arrow keys.
 *
 * @param {KeyboardEvent} event
 */
function walk(event) {
  const step = steps[event.key];
  const table = event.currentTarget;
  if (!step || !(table instanceof HTMLTableElement)) return;
  const links = Array.from(table.querySelectorAll('a'));
  const next = links[links.findIndex((link) => link === document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
