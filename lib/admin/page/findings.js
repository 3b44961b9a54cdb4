import { el } from './dom.js';
import { clock, number, patternOf, percent } from './format.js';
import { shownName } from './name.js';
import { hrefOf } from './place.js';

/**
 * @import { ChangeMark } from '../history/change-marks.js'
 * @import { Finding } from '../history/findings.js'
 * @import { HistoryView } from '../history/history-view.js'
 * @import { Child } from './dom.js'
 */

/**
 * Describes notable changes, with links to look further.
 *
 * @param {HistoryView} view
 */
export function findingsOf({ findings, changes }) {
  const items = [...findings.map(itemOf), ...changes.slice(0, 5).map(changeOf)];
  if (items.length === 0) return [el('p', { class: 'quiet' }, 'Nothing stands out in this period.')];
  return [el('h3', {}, 'What stands out'), el('ul', {}, items)];
}

/** @param {Finding} finding */
const itemOf = (finding) => el('li', {}, wordsOf(finding));

/**
 * @param {Finding} finding
 * @returns {Child[]}
 */
function wordsOf(finding) {
  const { what, since, before, after, prefix, share } = finding;
  const rise = `${perMinute(after)} a minute since ${clock(since)}, before ${perMinute(before)}`;
  if (what === 'errors') return [`Commands fail: ${rise}. `, link('Server', { view: 'server' })];
  if (what === 'evictions')
    return [`The servers evict keys because memory is full: ${rise}. `, link('Memory', { view: 'memory' })];
  if (what === 'stale') return [`Stale copies are returned: ${rise}. What loads new values fails, or is slow.`];
  const fell = `The hit rate has fallen from ${percent(before)} to ${percent(after)} since ${clock(since)}.`;
  if (prefix === undefined || share === undefined) return [fell];
  if (prefix === '*') return [`${fell} ${percent(share)} of the new misses are of keys without a prefix.`];
  return [
    `${fell} ${percent(share)} of the new misses are of `,
    shownName(`${prefix}*`),
    `, whose own rate went from ${percent(finding.prefixBefore ?? 0)} to ${percent(finding.prefixAfter ?? 0)}. `,
    link('Its keys', { view: 'keys', pattern: patternOf(prefix), key: '' }),
    ' ',
    link('Its commands, live', { view: 'commands', prefix }),
  ];
}

/** @param {ChangeMark} change */
function changeOf({ at, action, user, key, pattern, deleted }) {
  const what = key ?? pattern;
  return el(
    'li',
    {},
    `${clock(at)}: `,
    shownName(user ?? 'somebody'),
    ` deleted ${deleted === undefined ? '' : `${number(deleted)} `}keys on this page (${action}`,
    what !== undefined && ' ',
    what !== undefined && shownName(what),
    ')',
  );
}

/** @param {number} count */
const perMinute = (count) => number(count < 10 ? Math.round(count * 10) / 10 : Math.round(count));

/**
 * @param {string} text
 * @param {Parameters<typeof hrefOf>[0]} to
 */
const link = (text, to) => el('a', { href: hrefOf(to) }, text);
