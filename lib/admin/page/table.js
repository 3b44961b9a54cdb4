import { el } from './dom.js';

/** @import { Child } from './dom.js' */

/**
 * Builds the head of a table; skips columns that are `false`.
 *
 * @param {readonly (string | false | undefined)[]} columns
 */
export const headOf = (columns) =>
  el(
    'thead',
    {},
    el(
      'tr',
      {},
      columns.map((column) => typeof column === 'string' && el('th', { scope: 'col' }, column)),
    ),
  );

/**
 * Builds a table with a name for screen readers; the first cell of a row is its header.
 *
 * @param {string} name
 * @param {readonly string[]} columns
 * @param {readonly (readonly Child[])[]} rows
 */
export const table = (name, columns, rows) =>
  el(
    'div',
    { class: 'wide', tabindex: '0', role: 'region', 'aria-label': name },
    el(
      'table',
      { class: 'figures' },
      headOf(columns),
      el(
        'tbody',
        {},
        rows.map(([first, ...cells]) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, first),
            cells.map((cell) => el('td', { class: 'number' }, cell)),
          ),
        ),
      ),
    ),
  );

/**
 * Shows a number with a bar for its share of the largest.
 *
 * @param {string} text
 * @param {number} share from 0 to 1
 */
export function bar(text, share) {
  const filled = el('span', { 'aria-hidden': 'true' });
  filled.style.width = `${Math.round(100 * Math.min(1, share || 0))}%`;
  return el('span', { class: 'bar' }, filled, el('span', {}, text));
}
