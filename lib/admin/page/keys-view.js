import { get, urlOf } from './api.js';
import { deleteChosen, deleteMatching } from './bulk-deletion.js';
import { button, el, failure, labelled, notify, options, refill } from './dom.js';
import { EntryView } from './entry-view.js';
import { bytes, keysOf, number, timeToLive } from './format.js';
import { TreeLevel } from './key-tree.js';
import { latest } from './latest.js';
import { ListFoot } from './list-foot.js';
import { plainName, shownName } from './name.js';
import { createKey } from './new-key.js';
import { go, here, hrefOf, place, whereOf } from './place.js';
import { SortedRows, sortedBy } from './sorted-rows.js';
import { exportKeys, importKeys } from './transfer.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { KeyRow, KeyRowsPage } from '../key-search.js'
 * @import { Change } from './entry-view.js'
 * @import { Place } from './place.js'
 */

/** @type {readonly (readonly [type: string, text: string])[]} */
const types = [
  ['', 'any type'],
  ...['string', 'hash', 'list', 'set', 'zset', 'stream'].map((type) => /** @type {const} */ ([type, type])),
];

/** Lists matching keys beside the chosen key. */
export class KeysView {
  /** @type {string | undefined} */
  asked;
  /** @type {EntryView | undefined} */
  entry;
  isPressed = false;
  begin = latest();

  /**
   * @param {VisibleCache} cache
   */
  constructor(cache) {
    this.cache = cache;
    this.chosenButton = button('Delete chosen…', () => this.deleteChosen(), { class: 'danger', disabled: true });
    this.pattern = el('input', {
      id: 'pattern',
      type: 'search',
      placeholder: 'user:*',
      spellcheck: 'false',
      autocomplete: 'off',
    });
    this.type = el('select', {}, options(types));
    this.version = el('input', {
      class: 'short',
      placeholder: String(cache.version),
      spellcheck: 'false',
      autocomplete: 'off',
    });
    this.scope = el('input', { placeholder: 'none', spellcheck: 'false', autocomplete: 'off' });
    const { deleteMany } = cache.rights;
    this.sorted = new SortedRows([
      ['Key', true],
      ['Type', true],
      ['Expires in', true],
      ['Size', true],
      deleteMany && ['Choose', false],
    ]);
    this.rows = this.sorted.body;
    this.tree = el('div', { hidden: true });
    this.table = el(
      'table',
      {
        class: 'keys',
        onkeydown: walk,
        onchange: () => this.tell(),
        onclick: (/** @type {MouseEvent} */ event) => this.press(event),
      },
      this.sorted.head,
      this.rows,
    );
    this.asTree = el('a', {});
    this.foot = new ListFoot();
    this.trouble = el('div');
    /** @param {KeyboardEvent} event Escape returns to the list. In a search field, the first Escape only clears it. */
    const onkeydown = ({ key, target }) => {
      const isCleared = target instanceof HTMLInputElement && target.value !== '';
      if (key === 'Escape' && !isCleared && this.rows.offsetParent !== null) this.focus();
    };
    this.pane = el('section', { class: 'entry', 'aria-label': 'Chosen key', tabindex: '-1', onkeydown });
    this.element = el('div', { class: 'columns' }, this.list(), this.pane);
  }

  /** @param {Place} at */
  show(at) {
    const asked = [at.pattern, at.type, at.version, at.scope, at.as].join('\n');
    if (asked !== this.asked) {
      this.asked = asked;
      [this.pattern.value, this.type.value, this.version.value] = [at.pattern, at.type, at.version];
      this.scope.value = at.scope;
      void this.search();
    }
    const isLeft = at.key === '' && this.pane.contains(document.activeElement);
    this.asTree.href = hrefOf({ as: at.as === 'tree' ? '' : 'tree' });
    this.element.classList.toggle('chosen', at.key !== '');
    if (isLeft) this.focus();
    this.mark(at.key);
    this.entry?.leave();
    if (at.key === '') {
      this.pane.replaceChildren(el('p', { class: 'quiet empty' }, 'Choose a key to see its value.'));
      return;
    }
    this.entry = new EntryView(this.pane, this.cache.name, at, this.cache.rights, (change) =>
      this.changed(at.key, change),
    );
    void this.entry.open();
    // On a narrow screen the key replaces the list. For keyboard users, it would come after the whole list.
    if (this.asTree.offsetParent === null || this.isPressed) this.pane.focus();
    this.isPressed = false;
  }

  /** Focuses the chosen key in the list, or else the search field. */
  focus() {
    /** @type {HTMLElement | null} */
    const link = this.rows.querySelector('a[aria-current]');
    (link ?? this.pattern).focus();
  }

  /**
   * Enter moves the focus into the key.
   *
   * @param {MouseEvent} event
   */
  press({ detail, target }) {
    if (detail !== 0 || !(target instanceof Element)) return;
    const link = target.closest('a');
    if (link?.hasAttribute('aria-current')) this.pane.focus();
    else this.isPressed = link !== null;
  }

  list() {
    /** @param {Event} event */
    const search = (event) => {
      event.preventDefault();
      const next = this.typed();
      if (hrefOf(next) === hrefOf({})) void this.search();
      else go({ ...next, key: '' });
    };
    this.type.addEventListener('change', search);
    return el(
      'section',
      { class: 'list', 'aria-label': 'Keys' },
      el(
        'form',
        { class: this.cache.hasScopes ? 'search scoped' : 'search', onsubmit: search, role: 'search' },
        labelled('Pattern', this.pattern),
        labelled('Type', this.type),
        labelled('Version', this.version),
        this.cache.hasScopes && labelled('Scope', this.scope),
        el('button', { type: 'submit', class: 'primary' }, 'Search'),
      ),
      this.changes(),
      this.trouble,
      this.table,
      this.tree,
      this.foot.element,
    );
  }

  changes() {
    const { create, deleteMany, read, export: mayExport, import: mayImport } = this.cache.rights;
    return el(
      'div',
      { class: 'actions' },
      create && button('New key…', () => this.create()),
      deleteMany && button('Delete matching keys…', () => this.deleteMatching(), { class: 'danger' }),
      deleteMany && this.chosenButton,
      mayExport && read && button('Export…', () => this.export()),
      mayImport && create && button('Import…', () => this.import()),
      this.asTree,
    );
  }

  async search() {
    refill(this.trouble);
    this.rows.replaceChildren();
    this.tell();
    const at = place();
    const isTree = at.as === 'tree';
    [this.table.hidden, this.tree.hidden, this.foot.element.hidden] = [isTree, !isTree, isTree];
    this.asTree.textContent = isTree ? 'Show as a list' : 'Show as a tree';
    if (!isTree) return this.more(undefined);
    const level = new TreeLevel(this.cache.name, at);
    this.tree.replaceChildren(level.element);
    await level.more(undefined);
  }

  /**
   * Loads a page of keys; ignores answers to an earlier search.
   *
   * @param {string | undefined} cursor
   */
  async more(cursor) {
    const isCurrent = this.begin();
    const { pattern, type, ...at } = place();
    const isFollowed = this.foot.element.contains(document.activeElement);
    this.foot.wait('Searching…');
    try {
      /** @type {KeyRowsPage} */
      const page = await get(urlOf(this.cache.name, '/keys'), { pattern, type, ...whereOf(at), cursor });
      if (!isCurrent()) return;
      const known = new Set(Array.from(this.rows.rows, (row) => row.dataset.key));
      this.sorted.append(
        page.keys.filter(({ key }) => !known.has(key)).map((row) => rowOf(row, this.cache.rights.deleteMany)),
      );
      this.mark(place().key);
      const count = this.rows.children.length;
      const told = count === 0 ? 'No key matches' : keysOf(count);
      this.foot.tell(
        page.cursor ? `${told} so far` : `${told}.`,
        'Continue searching',
        page.cursor !== undefined && (() => this.more(page.cursor)),
      );
    } catch (error) {
      if (isCurrent()) this.foot.fail(error, () => this.more(cursor));
    }
    if (isFollowed && document.activeElement === document.body)
      (this.foot.element.querySelector('button') ?? this.pattern).focus();
  }

  /** @param {string} key */
  mark(key) {
    for (const row of this.rows.rows) {
      const link = row.querySelector('a');
      if (row.dataset.key === key) link?.setAttribute('aria-current', 'true');
      else link?.removeAttribute('aria-current');
    }
  }

  /**
   * Updates the list after a change of the key.
   *
   * @param {string} key
   * @param {Change} change
   */
  changed(key, change) {
    const row = Array.from(this.rows.rows).find(({ dataset }) => dataset.key === key);
    if (change.isDeleted) {
      row?.remove();
      this.tell();
      if (this.element.isConnected && place().key === key) go({ key: '' });
      return;
    }
    const lasting = row?.cells[2];
    if (lasting) sortedBy(lasting, lifeOf(change.ttlMs)).textContent = timeToLive(change.ttlMs);
  }

  async create() {
    const isHere = here();
    const key = await createKey(this.cache.name, whereOf(place()));
    if (key === undefined) return;
    notify('The key was created.');
    if (isHere()) go({ key });
    await this.search();
  }

  /** Uses the typed pattern, even before a search. */
  async deleteMatching() {
    const isHere = here();
    try {
      refill(this.trouble);
      if (await deleteMatching(this.cache, this.typed())) await this.deleted(isHere());
    } catch (error) {
      refill(
        this.trouble,
        failure(error, () => this.deleteMatching()),
      );
    }
  }

  async deleteChosen() {
    const isHere = here();
    if (await deleteChosen(this.cache, this.chosen(), whereOf(place()))) await this.deleted(isHere());
  }

  /**
   * The chosen key may be one of the deleted ones.
   *
   * @param {boolean} isHere
   */
  async deleted(isHere) {
    if (isHere) go({ key: '' });
    await this.search();
  }

  /** Exports the chosen keys, or else those that match the typed pattern. */
  export() {
    const keys = this.chosen();
    const { pattern, type, ...at } = this.typed();
    const which = keys.length > 0 ? { keys } : { pattern, ...(type && { type }) };
    return exportKeys(this.cache.name, which, whereOf(keys.length > 0 ? place() : at));
  }

  async import() {
    if (await importKeys(this.cache.name, whereOf(place()))) await this.search();
  }

  chosen() {
    return Array.from(this.rows.querySelectorAll('input:checked'), (box) => box.closest('tr')?.dataset.key ?? '');
  }

  /** Shows the number of chosen keys. */
  tell() {
    const count = this.chosen().length;
    if (count === 0 && document.activeElement === this.chosenButton) this.pattern.focus();
    this.chosenButton.disabled = count === 0;
    this.chosenButton.textContent = count === 0 ? 'Delete chosen…' : `Delete ${number(count)} chosen…`;
  }

  typed() {
    const [version, scope] = [this.version.value.trim(), this.scope.value];
    return { pattern: this.pattern.value || '*', type: this.type.value, version, scope };
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
