import { kinds } from './collection-kinds.js';
import { ask } from './dialog.js';
import { button, el, labelled } from './dom.js';
import { latest } from './latest.js';
import { ListFoot } from './list-foot.js';
import { bytes, number } from './format.js';
import { plainName, shownName, visibleJson } from './name.js';
import { SortedRows, sortedBy } from './sorted-rows.js';
import { checkedTyped } from './typed.js';
import { isEditable, valueOf } from './value.js';

/**
 * @import { CollectionType } from '../dto/item.dto.js'
 * @import { Item, ItemsPage } from '../entries/collection.js'
 * @import { FieldName } from './collection-kinds.js'
 * @import { Field } from './dialog.js'
 * @import { EntryView } from './entry-view.js'
 */

/** Shows a collection page by page. */
export class ItemsTable {
  /** @type {string | undefined} */
  match;
  begin = latest();

  /**
   * @param {EntryView} view
   * @param {CollectionType} type
   * @param {Partial<ItemsPage> & { readonly length?: number }} collection
   */
  constructor(view, type, { length, items = [], cursor, tooLarge }) {
    this.view = view;
    this.type = type;
    this.kind = kinds[type];
    this.length = length;
    const { name, value } = this.kind;
    this.sorted = new SortedRows([
      name !== undefined && [name, true],
      [value, false],
      ['Size', true],
      !view.readOnly && ['Change', false],
    ]);
    this.rows = this.sorted.body;
    this.foot = new ListFoot();
    this.element = el(
      'div',
      { class: 'items' },
      this.head(),
      el('table', {}, this.sorted.head, this.rows),
      this.foot.element,
    );
    this.append({ items, cursor });
    if (tooLarge !== undefined) {
      const told = `Items take ${bytes(tooLarge)} each on average. Reading them would block the server, so they are not shown.`;
      this.foot.element.replaceChildren(el('p', { class: 'note' }, told));
    }
  }

  head() {
    const { item, title } = this.kind;
    return el(
      'div',
      { class: 'head' },
      el('h3', {}, title),
      this.type === 'hash' && this.filter(),
      !this.view.readOnly && button(`Add ${item}…`, () => this.edit(`Add ${item}`, this.kind.adds, {})),
    );
  }

  /** Filters the fields of a hash by a pattern. */
  filter() {
    const input = el('input', { type: 'search', placeholder: 'name*', spellcheck: 'false', autocomplete: 'off' });
    /** @param {SubmitEvent} event */
    const onsubmit = (event) => {
      event.preventDefault();
      this.match = input.value.trim();
      this.rows.replaceChildren();
      void this.more(undefined);
    };
    return el(
      'form',
      { class: 'search', onsubmit },
      labelled('Fields that match', input),
      el('button', { type: 'submit' }, 'Filter'),
    );
  }

  /** @param {ItemsPage} page */
  append({ items, cursor }) {
    this.sorted.append(items.map((item) => this.row(item)));
    const count = this.rows.children.length;
    this.foot.tell(
      `${number(count)} of ${number(this.length)} shown`,
      'Show more',
      cursor !== undefined && (() => this.more(cursor)),
    );
  }

  /** @param {string | undefined} cursor */
  async more(cursor) {
    const isCurrent = this.begin();
    try {
      const page = await this.view.page({ cursor, match: this.match });
      if (!isCurrent()) return;
      this.append({ items: page.items ?? [], cursor: page.cursor });
    } catch (error) {
      if (isCurrent()) this.foot.fail(error, () => this.more(cursor));
    }
  }

  /** @param {Item} item */
  row(item) {
    const { name, score, value, size } = item;
    const told = name ?? String(score);
    return el(
      'tr',
      {},
      this.kind.name && sortedBy(el('th', { scope: 'row' }, shownName(told)), told),
      el('td', {}, valueOf(value)),
      sortedBy(el('td', { class: 'number' }, bytes(size)), size),
      !this.view.readOnly && el('td', { class: 'changes' }, this.changes(item)),
    );
  }

  /** @param {Item} item */
  changes(item) {
    const { edits } = this.kind;
    const { name, score, value, member } = item;
    const isMember = this.type === 'set' || this.type === 'zset';
    // A member without bytes cannot be identified.
    if (isMember && member === undefined && !isEditable(value)) return [el('small', {}, 'too long to change')];
    const text = 'text' in value ? value.text : undefined;
    const of = ` ${this.kind.item} ${plainName((name ?? text ?? '').slice(0, 80))}`;
    const canEdit = edits.length > 0 && (isEditable(value) || this.type === 'zset');
    const first = { item, value: text && visibleJson(text), ...(score !== undefined && { score: String(score) }) };
    return [
      canEdit && button('Edit', () => this.edit(`Edit${of}`, edits, first), { 'aria-label': `Edit${of}` }),
      button('Remove', () => this.remove(item, of), { 'aria-label': `Remove${of}`, class: 'danger' }),
    ];
  }

  /**
   * @param {string} title
   * @param {readonly FieldName[]} asked
   * @param {{ item?: Item, value?: string, score?: string }} first
   */
  edit(title, asked, { item, value = this.type === 'stream' ? '{}' : '""', score = '0' }) {
    /** @type {Record<FieldName, Field<FieldName>>} */
    const fields = {
      name: { name: 'name', label: 'Field' },
      value: { name: 'value', label: `${this.kind.value} (JSON with types)`, kind: 'json', value },
      score: { name: 'score', label: 'Score', value: score },
      end: {
        name: 'end',
        label: 'Where',
        choices: [
          ['RIGHT', 'at the end'],
          ['LEFT', 'at the beginning'],
        ],
      },
    };
    return ask({
      title,
      fields: asked.map((field) => fields[field]),
      action: 'Save',
      /** @param {Partial<Record<FieldName, string>>} given */
      run: (given) => {
        const { value: text, score: points, ...others } = given;
        const body = {
          type: this.type,
          ...(item && identityOf(item)),
          ...others,
          ...(text !== undefined && { typed: checkedTyped(text) }),
          ...(points !== undefined && { score: scoreOf(points) }),
        };
        return this.view.change('/items/put', body, `The ${this.kind.item} was saved.`);
      },
      refresh: () => this.view.load(),
    });
  }

  /**
   * @param {Item} item
   * @param {string} of
   */
  remove(item, of) {
    return ask({
      title: `Remove${of}?`,
      text: plainName(this.view.key),
      action: 'Remove',
      isDanger: true,
      run: () =>
        this.view.change(
          '/items/remove',
          { type: this.type, ...identityOf(item) },
          `The ${this.kind.item} was removed.`,
        ),
      refresh: () => this.view.load(),
    });
  }
}

/**
 * Identifies an item, with the digest of its shown content.
 *
 * @param {Item} item
 */
function identityOf({ name, digest, member, value }) {
  const told = member === undefined && name === undefined && isEditable(value) && { typed: value.text };
  return { name, digest, member, ...told };
}

/** @param {string} text */
function scoreOf(text) {
  const score = Number(text);
  if (text.trim() === '' || !Number.isFinite(score)) throw new Error('The score must be a number.');
  return score;
}
