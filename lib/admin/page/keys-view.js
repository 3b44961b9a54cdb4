import { get, urlOf } from './api.js';
import { deleteChosen, deleteMatching } from './bulk-deletion.js';
import { button, el, failure, notify, refill } from './dom.js';
import { EntryView } from './entry-view.js';
import { keysOf, number } from './format.js';
import { KeySearch } from './key-search.js';
import { TreeLevel } from './key-tree.js';
import { KeysTable } from './keys-table.js';
import { latest } from './latest.js';
import { ListFoot } from './list-foot.js';
import { createKey } from './new-key.js';
import { go, here, hrefOf, place, whereOf } from './place.js';
import { exportKeys, importKeys } from './transfer.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { KeyRowsPage } from '../key-search.js'
 * @import { Change } from './entry-view.js'
 * @import { Place } from './place.js'
 */

/** Lists matching keys beside the chosen key. */
export class KeysView {
  /** @type {string | undefined} */
  asked;
  /** @type {EntryView | undefined} */
  entry;
  begin = latest();

  /**
   * @param {VisibleCache} cache
   */
  constructor(cache) {
    this.cache = cache;
    this.chosenButton = button('Delete chosen…', () => this.deleteChosen(), { class: 'danger', disabled: true });
    this.search = new KeySearch(cache, () => this.ask());
    this.table = new KeysTable(cache.rights.deleteMany, {
      chose: () => this.tell(),
      reopened: () => this.pane.focus(),
    });
    this.tree = el('div', { hidden: true });
    this.asTree = el('a', {});
    this.foot = new ListFoot();
    this.trouble = el('div');
    /** @param {KeyboardEvent} event Escape returns to the list. In a search field, the first Escape only clears it. */
    const onkeydown = ({ key, target }) => {
      const isCleared = target instanceof HTMLInputElement && target.value !== '';
      if (key === 'Escape' && !isCleared && this.table.isShown) this.focus();
    };
    this.pane = el('section', { class: 'entry', 'aria-label': 'Chosen key', tabindex: '-1', onkeydown });
    this.element = el('div', { class: 'columns' }, this.list(), this.pane);
  }

  /** @param {Place} at */
  show(at) {
    const asked = [at.pattern, at.type, at.version, at.scope, at.as].join('\n');
    if (asked !== this.asked) {
      this.asked = asked;
      this.search.show(at);
      void this.find();
    }
    const isLeft = at.key === '' && this.pane.contains(document.activeElement);
    this.asTree.href = hrefOf({ as: at.as === 'tree' ? '' : 'tree' });
    this.element.classList.toggle('chosen', at.key !== '');
    if (isLeft) this.focus();
    this.table.mark(at.key);
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
    const isPressed = this.table.takePress();
    if (this.asTree.offsetParent === null || isPressed) this.pane.focus();
  }

  /** Focuses the chosen key in the list, or else the search field. */
  focus() {
    (this.table.marked ?? this.search).focus();
  }

  /** Searches anew, also with the same terms. */
  ask() {
    const next = this.search.typed;
    if (hrefOf(next) === hrefOf({})) void this.find();
    else go({ ...next, key: '' });
  }

  list() {
    return el(
      'section',
      { class: 'list', 'aria-label': 'Keys' },
      this.search.element,
      this.changes(),
      this.trouble,
      this.table.element,
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

  async find() {
    refill(this.trouble);
    this.table.clear();
    this.tell();
    const at = place();
    const isTree = at.as === 'tree';
    [this.table.element.hidden, this.tree.hidden, this.foot.element.hidden] = [isTree, !isTree, isTree];
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
      this.table.add(page.keys);
      this.table.mark(place().key);
      const { count } = this.table;
      const told = count === 0 ? 'No key matches' : keysOf(count);
      this.foot.tellFound(told, page.cursor, (next) => this.more(next));
    } catch (error) {
      if (isCurrent()) this.foot.fail(error, () => this.more(cursor));
    }
    if (isFollowed && document.activeElement === document.body)
      (this.foot.element.querySelector('button') ?? this.search).focus();
  }

  /**
   * Updates the list after a change of the key.
   *
   * @param {string} key
   * @param {Change} change
   */
  changed(key, change) {
    if (!change.isDeleted) return this.table.setLife(key, change.ttlMs);
    this.table.remove(key);
    this.tell();
    if (this.element.isConnected && place().key === key) go({ key: '' });
  }

  async create() {
    const isHere = here();
    const key = await createKey(this.cache.name, whereOf(place()));
    if (key === undefined) return;
    notify('The key was created.');
    if (isHere()) go({ key });
    await this.find();
  }

  async deleteMatching() {
    const isHere = here();
    try {
      refill(this.trouble);
      if (await deleteMatching(this.cache, this.search.typed)) await this.deleted(isHere());
    } catch (error) {
      refill(
        this.trouble,
        failure(error, () => this.deleteMatching()),
      );
    }
  }

  async deleteChosen() {
    const isHere = here();
    if (await deleteChosen(this.cache, this.table.chosen, whereOf(place()))) await this.deleted(isHere());
  }

  /**
   * The chosen key may be one of the deleted ones.
   *
   * @param {boolean} isHere
   */
  async deleted(isHere) {
    if (isHere) go({ key: '' });
    await this.find();
  }

  /** Exports the chosen keys, or else those that match the typed pattern. */
  export() {
    const keys = this.table.chosen;
    const { pattern, type, ...at } = this.search.typed;
    const which = keys.length > 0 ? { keys } : { pattern, ...(type && { type }) };
    return exportKeys(this.cache.name, which, whereOf(keys.length > 0 ? place() : at));
  }

  async import() {
    if (await importKeys(this.cache.name, whereOf(place()))) await this.find();
  }

  /** Shows the number of chosen keys. */
  tell() {
    const count = this.table.chosen.length;
    if (count === 0 && document.activeElement === this.chosenButton) this.search.focus();
    this.chosenButton.disabled = count === 0;
    this.chosenButton.textContent = count === 0 ? 'Delete chosen…' : `Delete ${number(count)} chosen…`;
  }
}
