import { get, post, urlOf } from './api.js';
import { ask } from './dialog.js';
import { button, el, notify } from './dom.js';
import { counted, number } from './format.js';
import { shownName } from './name.js';
import { PagedList } from './pages.js';

/**
 * @import { EntryView as Entry } from '../entries/entries.js'
 * @import { Item } from '../entries/collection.js'
 * @import { Moved } from '../own/move-entries.js'
 * @import { Stream } from './stream-groups.js'
 */

/**
 * An entry that a worker has set aside.
 *
 * @typedef {object} Letter
 * @property {string} id in the dead letter stream
 * @property {string} stream the original stream
 * @property {string} group
 * @property {number} deliveries
 * @property {string} error
 * @property {string} fields
 */

/**
 * Lists the dead letters of a stream, with an action to replay them. Shows nothing for other streams.
 *
 * @param {Stream} stream
 */
export async function lettersOf(stream) {
  const first = await pageOf(stream, undefined);
  if (first.rows.length === 0) return [];
  const { replay } = stream.cache.rights;
  const choose = button('Replay chosen…', () => replayLetters(stream, chosenIn(list.element)), { disabled: true });
  /** @type {PagedList<Letter>} */
  const list = new PagedList({
    label: 'Dead letters',
    titles: ['Letter', 'From', 'Last error', 'Fields', replay && 'Choose'],
    noun: ['dead letter', 'dead letters'],
    id: ({ id }) => id,
    load: (cursor) => pageOf(stream, cursor),
    row: (letter) => rowOf(letter, replay),
  });
  list.element.addEventListener('change', () => {
    const { length } = chosenIn(list.element);
    choose.disabled = length === 0;
    choose.textContent = length === 0 ? 'Replay chosen…' : `Replay ${number(length)} chosen…`;
  });
  void list.reload();
  return [
    el(
      'div',
      { class: 'own' },
      el('div', { class: 'head' }, el('h3', {}, 'Dead letters'), replay && choose),
      list.element,
    ),
  ];
}

/**
 * @param {Stream} stream
 * @param {string | undefined} cursor
 */
async function pageOf({ cache, key, version }, cursor) {
  /** @type {Entry} */
  const { items = [], cursor: next } = await get(urlOf(cache.name, '/entry'), { key, version, cursor });
  return { rows: items.flatMap(letterIn), cursor: next };
}

/**
 * @param {Item} item
 * @returns {Letter[]}
 */
function letterIn({ name = '', value }) {
  if (value.format !== 'json' || value.isCut) return [];
  /** @type {Partial<Record<string, unknown>>} */
  const letter = JSON.parse(value.text);
  const { stream, group, deliveries, error, fields } = letter;
  if (typeof stream !== 'string' || typeof group !== 'string' || typeof deliveries !== 'number') return [];
  return [{ id: name, stream, group, deliveries, error: String(error), fields: JSON.stringify(fields) }];
}

/**
 * @param {Letter} letter
 * @param {boolean} canReplay
 */
function rowOf({ id, stream, group, deliveries, error, fields }, canReplay) {
  const row = el(
    'tr',
    {},
    el('th', { scope: 'row' }, id),
    el(
      'td',
      {},
      shownName(stream),
      el('div', {}, el('small', {}, 'group ', shownName(group), `, ${deliveries} deliveries`)),
    ),
    el('td', {}, shownName(error)),
    el('td', {}, el('code', { class: 'value', tabindex: '0' }, shownName(fields))),
    canReplay && el('td', {}, el('input', { type: 'checkbox', 'aria-label': `Choose ${id}`, autocomplete: 'off' })),
  );
  row.dataset.id = id;
  return row;
}

/** @param {HTMLElement} list */
const chosenIn = (list) =>
  Array.from(list.querySelectorAll('input:checked'), (box) => box.closest('tr')?.dataset.id ?? '').slice(0, 100);

/**
 * @param {Stream} stream
 * @param {readonly string[]} ids
 */
async function replayLetters({ cache, key, version, changed }, ids) {
  const what = counted(ids.length, ['letter', 'letters']);
  await ask({
    title: `Replay ${what}?`,
    text: 'Each is added to the end of its original stream, for all groups, and counts as new. First fix the cause of the failure.',
    action: `Replay ${what}`,
    run: async () => {
      /** @type {Moved} */
      const { moved, asked } = await post(urlOf(cache.name, '/streams/replay'), {
        key,
        ids,
        ...(version && { version }),
      });
      notify(
        moved === asked
          ? `${number(moved)} replayed.`
          : `${number(moved)} of ${number(asked)} replayed; the others were gone.`,
      );
    },
    refresh: changed,
  });
}
