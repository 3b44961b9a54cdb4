import { el, labelled, refill } from './dom.js';
import { counted } from './format.js';
import { latest } from './latest.js';
import { ListFoot } from './list-foot.js';
import { headOf } from './table.js';

/** @import { Noun } from './format.js' */

/**
 * @template Row
 * @typedef {object} Page
 * @property {readonly Row[]} rows
 * @property {string} [cursor]
 */

/**
 * The content of a list and the source of its pages.
 *
 * @template Row
 * @typedef {object} List
 * @property {string} label of the table
 * @property {readonly (string | false)[]} titles
 * @property {(cursor: string | undefined) => Promise<Page<Row>>} load
 * @property {(row: Row) => string} id identifies a row: a server may return it twice
 * @property {(row: Row) => HTMLTableRowElement} row
 * @property {Noun} noun
 */

/**
 * A table that is filled page by page, because the server examines few keys at a time.
 *
 * @template Row
 */
export class PagedList {
  /** @type {Map<string, HTMLTableRowElement>} */
  known = new Map();
  begin = latest();

  /** @param {List<Row>} list */
  constructor(list) {
    this.list = list;
    this.rows = el('tbody');
    this.foot = new ListFoot();
    this.region = el(
      'div',
      { class: 'table', tabindex: '0', role: 'region', 'aria-label': list.label },
      el('table', {}, headOf(list.titles), this.rows),
    );
    this.element = el('div', { class: 'own' }, this.region, this.foot.element);
  }

  /** Starts over. */
  async reload() {
    this.known.clear();
    refill(this.rows);
    await this.more(undefined);
  }

  /** @param {string | undefined} cursor */
  async more(cursor) {
    const { list } = this;
    const isCurrent = this.begin();
    const isFollowed = this.foot.element.contains(document.activeElement);
    if (isFollowed) this.region.focus();
    this.foot.wait('Searching…');
    try {
      const page = await list.load(cursor);
      if (!isCurrent()) return;
      for (const row of page.rows) {
        const id = list.id(row);
        if (this.known.has(id)) continue;
        const element = list.row(row);
        this.known.set(id, element);
        this.rows.append(element);
      }
      const count = this.known.size;
      const told = count === 0 ? `No ${list.noun[1]}` : counted(count, list.noun);
      this.foot.tellFound(told, page.cursor, (next) => this.more(next));
    } catch (error) {
      if (isCurrent()) this.foot.fail(error, () => this.more(cursor));
    }
    // A user who has moved the focus meanwhile keeps it.
    if (isFollowed && document.activeElement === this.region) this.foot.element.querySelector('button')?.focus();
  }

  /**
   * Focuses the link of a row.
   *
   * @param {string} id
   */
  focus(id) {
    (this.known.get(id)?.querySelector('a') ?? this.region).focus();
  }
}

/**
 * Builds the head of a view: title, search pattern and actions.
 *
 * @param {string} title
 * @param {{ label?: string, placeholder: string, search: (pattern: string) => unknown, actions?: readonly HTMLElement[] }} offers
 */
export function searchHead(title, { label = 'Pattern', placeholder, search, actions = [] }) {
  const input = el('input', { id: 'pattern', type: 'search', placeholder, spellcheck: 'false', autocomplete: 'off' });
  /** @param {Event} event */
  const onsubmit = (event) => {
    event.preventDefault();
    void search(input.value.trim());
  };
  return el(
    'div',
    { class: 'head' },
    el('h2', {}, title),
    el(
      'form',
      { class: 'search', onsubmit, role: 'search' },
      labelled(label, input),
      el('button', { type: 'submit' }, 'Search'),
    ),
    el('div', { class: 'actions' }, actions),
  );
}
