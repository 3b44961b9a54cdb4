import { ApiError, get, post, urlOf } from './api.js';
import { isCollection } from './collection-kinds.js';
import { ask, mayDiscard } from './dialog.js';
import { button, el, failure, keepFocus, notify } from './dom.js';
import { factsOf } from './entry-facts.js';
import { latest } from './latest.js';
import { timeoutOf, timeToLive } from './format.js';
import { ItemsTable } from './items-table.js';
import { plainName, shownName } from './name.js';
import { hrefOf, whereOf } from './place.js';
import { storedOf } from './stored.js';
import { discard, hasUnsaved } from './unsaved.js';
import { valueEditor } from './value.js';

/**
 * @import { EntryView as Entry } from '../entries/entries.js'
 * @import { CacheRights } from '../rights.js'
 * @import { Place } from './place.js'
 */

/**
 * The fate of a key.
 *
 * @typedef {{ readonly isDeleted: true } | { readonly isDeleted?: false, readonly ttlMs: number }} Change
 */

/** Shows one key: its properties, its contents and its actions. */
export class EntryView {
  begin = latest();
  isLeft = false;

  /**
   * @param {HTMLElement} pane
   * @param {string} cache
   * @param {Pick<Place, 'key' | 'version' | 'scope'>} place
   * @param {CacheRights} rights
   * @param {(change: Change) => void} changed receives the fate of the key
   */
  constructor(pane, cache, { key, ...at }, rights, changed) {
    this.pane = pane;
    this.cache = cache;
    this.key = key;
    this.where = whereOf(at);
    this.rights = rights;
    this.readOnly = !rights.edit;
    this.changed = changed;
  }

  /** The pane belongs to another key now. */
  leave() {
    this.isLeft = true;
    this.begin();
    this.pane.removeAttribute('aria-busy');
  }

  /** Nothing of the previous key may be taken for this one. */
  open() {
    this.show(el('h2', {}, shownName(this.key)), el('p', { class: 'quiet' }, 'Loading…'));
    return this.load();
  }

  async load() {
    if (this.isLeft) return;
    const isCurrent = this.begin();
    this.pane.setAttribute('aria-busy', 'true');
    try {
      const entry = await this.page();
      if (!this.mayShow(isCurrent)) return;
      this.show(...this.sections(entry));
      this.changed({ ttlMs: entry.ttlMs });
    } catch (error) {
      if (this.mayShow(isCurrent)) this.show(...this.withoutView(error, () => this.load()));
    }
  }

  /**
   * Text that was typed meanwhile stays.
   *
   * @param {() => boolean} isCurrent
   */
  mayShow(isCurrent) {
    if (!isCurrent()) return false;
    this.pane.removeAttribute('aria-busy');
    return !hasUnsaved(this.pane);
  }

  /** @param {HTMLElement[]} parts */
  show(...parts) {
    keepFocus(this.pane, () => this.pane.replaceChildren(this.back(), ...parts));
  }

  /**
   * @param {{ cursor?: string, match?: string }} more
   * @returns {Promise<Entry>}
   */
  page(more = {}) {
    return get(this.url(''), { key: this.key, ...this.where, ...more });
  }

  /**
   * Sends a change of this key.
   *
   * @param {string} path
   * @param {object} body
   * @param {string} done
   */
  async change(path, body, done) {
    await post(this.url(path), { key: this.key, ...this.where, ...body });
    notify(done);
  }

  /** @param {string} path */
  url(path) {
    return urlOf(this.cache, `/entry${path}`);
  }

  back() {
    return el('a', { class: 'back', href: hrefOf({ key: '' }) }, '← All keys');
  }

  /**
   * A key that cannot be shown can still be deleted.
   *
   * @param {unknown} error
   * @param {() => unknown} again
   */
  withoutView(error, again) {
    const isGone = error instanceof ApiError && [0, 404, 503].includes(error.status);
    return [
      el('h2', {}, shownName(this.key)),
      failure(error, again),
      ...(!this.rights.delete || isGone ? [] : [el('div', { class: 'actions' }, this.deletion())]),
    ];
  }

  deletion() {
    return button('Delete…', () => this.delete(), { class: 'danger' });
  }

  /** @param {Entry} entry */
  sections(entry) {
    const { type, value, items } = entry;
    /** @type {HTMLElement[]} */
    const parts = [
      el('h2', {}, shownName(this.key), ' ', el('span', { class: `badge ${type}` }, type)),
      factsOf(entry),
    ];
    if (entry.ttlMs === -2)
      parts.push(
        note('Reads miss this key: it has expired, or one of its tags was invalidated. Below is its stale copy.'),
      );
    parts.push(this.actions(entry));
    if (entry.isWithheld) parts.push(note('You may see that this key exists, but not its value.'));
    else if (entry.isReserved) parts.push(note('A process is loading the value, and readers of the key wait for it.'));
    else if (value) parts.push(valueEditor(this, value, entry));
    else if (items && isCollection(type)) parts.push(new ItemsTable(this, type, entry).element);
    else parts.push(note('This type cannot be shown here.'));
    if (entry.raw) parts.push(storedOf(entry));
    return parts;
  }

  /** @param {Entry} entry */
  actions({ ttlMs }) {
    const isKept = ttlMs === -2;
    const { expire } = this.rights;
    return el(
      'div',
      { class: 'actions' },
      button('Refresh', () => this.kept(() => this.load())),
      expire && !isKept && button('Expire…', () => this.kept(() => this.expire(ttlMs))),
      expire &&
        ttlMs >= 0 &&
        button('Never expire', () =>
          this.kept(() => this.tried(this.change('/expiry', { timeout: null }, 'The key no longer expires.'))),
        ),
      this.rights.delete && this.deletion(),
    );
  }

  /**
   * Reloads the key. Asks first if typed text would be lost.
   *
   * @param {() => unknown} work
   */
  async kept(work) {
    if (await mayDiscard(this.pane)) await work();
  }

  /**
   * Reports errors of a change that has no dialog.
   *
   * @param {Promise<void>} change
   */
  async tried(change) {
    try {
      await change;
      await this.load();
    } catch (error) {
      this.pane.prepend(failure(error, () => this.load()));
    }
  }

  /** @param {number} ttlMs */
  expire(ttlMs) {
    return ask({
      title: 'Expire the key',
      text: plainName(this.key),
      fields: [
        {
          name: 'timeout',
          label: 'Time to live from now on',
          value: ttlMs > 0 ? timeToLive(ttlMs) : '5m',
          hint: '250ms, 5m, 1h 30m, 7d, or seconds',
        },
      ],
      action: 'Expire',
      run: ({ timeout }) => this.change('/expiry', { timeout: timeoutOf(timeout) }, 'The key has a new time to live.'),
      refresh: () => this.load(),
    });
  }

  delete() {
    return ask({
      title: 'Delete the key?',
      text: plainName(this.key),
      action: 'Delete',
      isDanger: true,
      run: () => this.change('/delete', {}, 'The key was deleted.'),
      refresh: (isDone) => (isDone ? this.end() : this.load()),
    });
  }

  end() {
    discard(this.pane);
    this.changed({ isDeleted: true });
  }
}

/** @param {string} text */
const note = (text) => el('p', { class: 'note' }, text);
