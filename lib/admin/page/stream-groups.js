import { get, post, urlOf } from './api.js';
import { ask } from './dialog.js';
import { button, el, notify } from './dom.js';
import { counted, duration, number } from './format.js';
import { plainName, shownName } from './name.js';
import { PagedList } from './pages.js';
import { headOf } from './table.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { ConsumerRow, GroupRow, PendingPage, PendingRow } from '../own/streams.js'
 * @import { Moved } from '../own/move-entries.js'
 */

/**
 * The chosen stream.
 *
 * @typedef {object} Stream
 * @property {VisibleCache} cache
 * @property {string} key
 * @property {string} version
 * @property {() => Promise<void>} changed
 */

/**
 * Shows a group: its consumers and its pending entries.
 *
 * @param {Stream} stream
 * @param {GroupRow} group
 */
export function groupOf(stream, group) {
  const { name, pending, lag, consumers, consumerCount } = group;
  const facts = [
    `${number(pending)} pending`,
    ...(lag === undefined ? [] : [`${number(lag)} not delivered yet`]),
    counted(consumerCount, ['consumer', 'consumers']),
  ];
  const place = el('div');
  return el(
    'div',
    { class: 'own' },
    el('h3', {}, 'Group ', shownName(name)),
    el('p', {}, facts.join(', ')),
    consumers.length > 0 && consumersOf(name, consumers),
    pending > 0 &&
      el(
        'div',
        {},
        button('Show pending entries', () => {
          const list = pendingOf(stream, group);
          place.replaceChildren(list.element);
          void list.reload();
        }),
      ),
    place,
  );
}

/**
 * @param {string} group
 * @param {readonly ConsumerRow[]} consumers
 */
const consumersOf = (group, consumers) =>
  el(
    'div',
    { class: 'table', tabindex: '0', role: 'region', 'aria-label': `Consumers of ${plainName(group)}` },
    el(
      'table',
      {},
      headOf(['Consumer', 'Pending', 'Quiet for']),
      el(
        'tbody',
        {},
        consumers.map(({ name, pending, idleMs }) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, shownName(name)),
            el('td', { class: 'number' }, number(pending)),
            el('td', { class: 'number' }, duration(idleMs)),
          ),
        ),
      ),
    ),
  );

/**
 * @param {Stream} stream
 * @param {GroupRow} group
 */
function pendingOf(stream, group) {
  const { cache, key, version } = stream;
  const canClaim = cache.rights.claim && group.consumers.length > 0;
  /** @type {PagedList<PendingRow>} */
  const list = new PagedList({
    label: `Pending in ${plainName(group.name)}`,
    titles: ['Entry', 'Consumer', 'Delivered', 'Deliveries', canClaim && 'Change'],
    noun: ['entry is pending', 'entries are pending'],
    id: ({ id }) => id,
    load: async (cursor) => {
      /** @type {PendingPage} */
      const page = await get(urlOf(cache.name, '/streams/pending'), { key, version, group: group.name, cursor });
      return { rows: page.pending, cursor: page.cursor };
    },
    row: (entry) =>
      el(
        'tr',
        {},
        el('th', { scope: 'row' }, entry.id),
        el('td', {}, shownName(entry.consumer)),
        el('td', { class: 'number' }, `${duration(entry.idleMs)} ago`),
        el('td', { class: 'number' }, number(entry.deliveries)),
        canClaim &&
          el(
            'td',
            { class: 'changes' },
            button('Claim…', () => claim(stream, group, entry), { 'aria-label': `Claim ${entry.id}` }),
          ),
      ),
  });
  return list;
}

/**
 * @param {Stream} stream
 * @param {GroupRow} group
 * @param {PendingRow} entry
 */
async function claim({ cache, key, version, changed }, group, { id, consumer: owner, idleMs }) {
  await ask({
    title: `Give ${id} to another consumer?`,
    text: 'It keeps its age, so it is due at once, and no delivery is counted. If it is delivered again meanwhile, nothing happens.',
    fields: [
      {
        name: 'consumer',
        label: 'Consumer',
        choices: group.consumers
          .filter(({ name }) => name !== owner)
          .concat(group.consumers.filter(({ name }) => name === owner))
          .map(({ name }) => /** @type {const} */ ([name, plainName(name)])),
      },
    ],
    action: 'Claim',
    run: async ({ consumer }) => {
      const body = { key, group: group.name, consumer, entries: [{ id, owner, idleMs }], ...(version && { version }) };
      /** @type {Moved} */
      const { moved } = await post(urlOf(cache.name, '/streams/claim'), body);
      notify(`${number(moved)} claimed.`);
    },
    refresh: changed,
  });
}
