import { get, post, urlOf } from './api.js';
import { ask } from './dialog.js';
import { button, el, notify } from './dom.js';
import { duration, number } from './format.js';
import { plainName, shownName } from './name.js';
import { PagedList, searchHead } from './pages.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { ClaimRow, ClaimsPage, Holder } from '../own/claims.js'
 */

/** The weight of a writer, which leaves no room for other holders. */
const writerWeight = 1_000_000_000;

/** Lists locks and semaphores with holders and waiters. */
export class LocksView {
  pattern = '';

  /** @param {VisibleCache} cache */
  constructor(cache) {
    this.cache = cache;
    /** @type {PagedList<ClaimRow>} */
    this.claims = new PagedList({
      label: 'Held locks and semaphores',
      titles: ['Name', 'Kind', 'Held by', 'Waiting'],
      noun: ['lock or semaphore is held', 'locks and semaphores are held'],
      id: ({ kind, version, name }) => [kind, version, name].join('\n'),
      load: async (cursor) => {
        /** @type {ClaimsPage} */
        const page = await get(urlOf(this.cache.name, '/locks'), { pattern: this.pattern, cursor });
        return { rows: page.claims, cursor: page.cursor };
      },
      row: (claim) => this.row(claim),
    });
    this.element = el(
      'div',
      { class: 'own' },
      el(
        'section',
        {},
        searchHead('Locks and semaphores', {
          placeholder: 'stock:*',
          search: (pattern) => {
            this.pattern = pattern;
            void this.claims.reload();
          },
          actions: [button('Refresh', () => this.claims.reload())],
        }),
        this.claims.element,
      ),
    );
  }

  show() {
    void this.claims.reload();
  }

  /** @param {ClaimRow} claim */
  row(claim) {
    const { kind, name, version, holders, holderCount, waiters, waiterCount } = claim;
    const [first] = waiters;
    const more = holderCount - holders.length;
    return el(
      'tr',
      {},
      el('th', { scope: 'row' }, shownName(name), el('div', {}, el('small', {}, 'version ', shownName(version)))),
      el('td', {}, kind),
      el(
        'td',
        {},
        el(
          'ul',
          {},
          holders.map((holder) => el('li', {}, this.holder(claim, holder))),
          more > 0 && el('li', {}, el('small', {}, `and ${number(more)} more`)),
        ),
      ),
      el('td', {}, first ? `${number(waiterCount)}, the first for ${duration(first.waitedMs)}` : 'nobody'),
    );
  }

  /**
   * @param {ClaimRow} claim
   * @param {Holder} holder
   */
  holder(claim, holder) {
    const { kind, name } = claim;
    const { weight, leftMs } = holder;
    const part =
      kind === 'read/write lock' ? (weight === writerWeight ? ' writes,' : ' reads,') : weight > 1 && ` has ${weight},`;
    return [
      el(
        'span',
        {},
        shownName(whoIs(holder)),
        part,
        leftMs < 0 ? ' lease does not end ' : ` lease ends in ${duration(leftMs)} `,
      ),
      this.cache.rights.release &&
        button('Release…', () => this.release(claim, holder), {
          class: 'danger',
          'aria-label': plainName(`Release ${kind} ${name}, held by ${whoIs(holder)}`),
        }),
    ];
  }

  /**
   * @param {ClaimRow} claim
   * @param {Holder} holder
   */
  async release({ kind, name, version }, holder) {
    await ask({
      title: `Release the ${kind}?`,
      text: `${plainName(whoIs(holder))} holds it and is not stopped. It learns of this at its next heartbeat; until then, two may work at the same time. A data store that checks fencing tokens refuses what the old one writes.`,
      details: [el('p', {}, shownName(name))],
      action: 'Release',
      isDanger: true,
      run: async () => {
        await post(urlOf(this.cache.name, '/locks/release'), { kind, name, version, token: holder.token });
        notify(`The ${kind} was released.`);
      },
      refresh: () => this.claims.reload(),
    });
  }
}

/**
 * Names a holder by the beginning of its token.
 *
 * @param {Holder} holder
 */
function whoIs({ token, isHere }) {
  const [instance = '', serial = ''] = token.split(':');
  return `${isHere ? 'This process' : `Process ${instance.slice(0, 6)}`}, caller ${serial}`;
}
