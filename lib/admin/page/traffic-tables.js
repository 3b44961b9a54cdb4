import { el } from './dom.js';
import { clock, hitRatio, number, patternOf, time } from './format.js';
import { plainName, shownName } from './name.js';
import { hrefOf } from './place.js';
import { table } from './table.js';

/** @import { HistoryView } from '../history/history-view.js' */

/** @param {string} prefix */
export const wordsOf = (prefix) => (prefix === '*' ? 'other keys' : `${prefix}*`);

/** @param {HistoryView} view */
export function prefixesOf({ prefixes }) {
  const rows = prefixes.map((each) => [
    el('a', { href: hrefOf({ prefix: each.prefix }) }, shownName(wordsOf(each.prefix))),
    number(each.hits),
    number(each.misses),
    hitRatio(each),
    number(each.stale),
    number(each.errors),
    time(each.p50),
    time(each.p99),
    each.prefix !== '*' &&
      el(
        'a',
        {
          href: hrefOf({ view: 'keys', pattern: patternOf(each.prefix), key: '' }),
          'aria-label': plainName(`Keys of ${each.prefix}*`),
        },
        'Keys',
      ),
  ]);
  return el(
    'section',
    {},
    el('h2', {}, 'By prefix'),
    rows.length === 0
      ? el('p', { class: 'quiet' }, 'No key was read in this period.')
      : table(
          'Figures by prefix',
          ['Prefix', 'Hits', 'Misses', 'Hit rate', 'Stale', 'Errors', 'p50', 'p99', 'Show'],
          rows,
        ),
    el('p', { class: 'quiet' }, 'Above 500 reads or 200 commands a second, a sample stands for the rest.'),
  );
}

/** @param {HistoryView} view */
export function pointsOf({ of, points, recordedSince }) {
  const shown = points.filter(({ processes }) => processes > 0).toReversed();
  const columns = ['From', 'Hits', 'Misses', 'Hit rate', 'Stale', 'Errors', 'p50', 'p99', 'Evicted'];
  return el(
    'section',
    {},
    of === 'process' &&
      el('p', { class: 'quiet' }, `This process has recorded since ${new Date(recordedSince).toLocaleString()}.`),
    el(
      'details',
      {},
      el('summary', {}, 'The charts as a table'),
      table(
        'Figures over time',
        of === 'fleet' ? [...columns, 'Processes'] : columns,
        shown.map((point) => [
          clock(point.at),
          number(point.hits),
          number(point.misses),
          hitRatio(point),
          number(point.stale),
          number(point.errors),
          time(point.p50),
          time(point.p99),
          number(point.evictions),
          ...(of === 'fleet' ? [number(point.processes)] : []),
        ]),
      ),
    ),
  );
}
