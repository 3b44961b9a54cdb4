import { button, el, keepFocus } from './dom.js';

/**
 * A column: its title, and whether it can be sorted; `false` is skipped.
 *
 * @typedef {readonly [title: string, isSorted: boolean] | false | undefined} Column
 */

/** Table rows that the user can sort by the `data-sort` of their cells. Sorts loaded rows only. */
export class SortedRows {
  /** @type {number | undefined} */
  column;
  isDescending = false;

  /** @param {readonly Column[]} columns */
  constructor(columns) {
    this.body = el('tbody');
    this.heads = columns
      .filter((column) => column !== false && column !== undefined)
      .map(([title, isSorted], index) =>
        el('th', { scope: 'col' }, isSorted ? button(title, () => this.sortBy(index), { class: 'sort' }) : title),
      );
    this.head = el('thead', {}, el('tr', {}, this.heads));
  }

  /** @param {readonly HTMLTableRowElement[]} rows */
  append(rows) {
    this.body.append(...rows);
    if (this.column !== undefined) this.sort(this.column);
  }

  /** @param {number} index */
  sortBy(index) {
    this.isDescending = this.column === index && !this.isDescending;
    this.column = index;
    for (const [at, head] of this.heads.entries()) {
      if (at === index) head.setAttribute('aria-sort', this.isDescending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
    this.sort(index);
  }

  /** @param {number} index */
  sort(index) {
    const sign = this.isDescending ? -1 : 1;
    const rows = Array.from(this.body.rows, (row) => ({ row, by: row.cells[index]?.dataset.sort ?? '' }));
    const sorted = rows.toSorted((a, b) => sign * compared(a.by, b.by)).map(({ row }) => row);
    keepFocus(this.body, () => this.body.append(...sorted));
  }
}

/**
 * Compares numbers by value and other texts alphabetically.
 *
 * @param {string} a
 * @param {string} b
 */
function compared(a, b) {
  const [one, other] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && !Number.isNaN(one) && !Number.isNaN(other)) return one === other ? 0 : one - other;
  return a < b ? -1 : Number(a > b);
}

/**
 * Makes rows sortable by this cell.
 *
 * @template {HTMLTableCellElement} T
 * @param {T} cell
 * @param {string | number} by
 */
export function sortedBy(cell, by) {
  cell.dataset.sort = String(by);
  return cell;
}
