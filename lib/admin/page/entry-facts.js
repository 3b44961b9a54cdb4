import { el } from './dom.js';
import { bytes, instant, number, timeToLive } from './format.js';
import { shownName } from './name.js';

/** @import { EntryView as Entry } from '../entries/entries.js' */

/** @typedef {readonly [name: string, text: string]} Fact */

/** @param {Entry} entry */
export function factsOf({ version, wireKey, ttlMs, keptMs, memory, encoding, length, tags }) {
  const lasting = ttlMs === -1 ? 'never' : ttlMs < 0 ? 'expired' : `in ${timeToLive(ttlMs)} (${instant(ttlMs)})`;
  /** @type {(Fact | false | '' | 0 | undefined)[]} */
  const rows = [
    ['Expires', lasting],
    // The two times come from two commands, so they differ a little.
    keptMs > 0 && keptMs - ttlMs > 1000 && ['Kept for grace', `for ${timeToLive(keptMs)} in all`],
    tags?.length && ['Tags', tags.join(', ')],
    length !== undefined && ['Items', number(length)],
    memory !== undefined && ['Memory', bytes(memory)],
    encoding && ['Encoding', encoding],
    ['Version', String(version)],
    ['On the server', wireKey],
  ];
  return el(
    'dl',
    { class: 'facts' },
    rows
      .filter((row) => Array.isArray(row))
      .map(([name, text]) => el('div', {}, el('dt', {}, name), el('dd', {}, shownName(text)))),
  );
}
