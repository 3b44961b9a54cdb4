import { get, urlOf } from './api.js';
import { button, el } from './dom.js';
import { bytes, duration, timeToLive } from './format.js';
import { shownName } from './name.js';
import { PagedList, searchHead } from './pages.js';
import { hrefOf } from './place.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { SessionRow, SessionsPage } from '../own/sessions.js'
 */

const usual = 'session';

/** Lists the sessions of CachexSessionStore. */
export class SessionsView {
  version = usual;

  /** @param {VisibleCache} cache */
  constructor(cache) {
    this.cache = cache;
    /** @type {PagedList<SessionRow>} */
    this.sessions = new PagedList({
      label: 'Sessions',
      titles: ['Session', 'Ends in', 'Quiet for', 'Size'],
      noun: ['session', 'sessions'],
      id: ({ hash }) => hash,
      load: async (cursor) => {
        /** @type {SessionsPage} */
        const page = await get(urlOf(this.cache.name, '/sessions'), { version: this.version, cursor });
        return { rows: page.sessions, cursor: page.cursor };
      },
      row: ({ hash, key, leftMs, idleMs, bytes: size }) => {
        const href = key !== undefined && hrefOf({ view: 'keys', key, version: this.version });
        return el(
          'tr',
          {},
          el('th', { scope: 'row' }, href ? el('a', { href }, shownName(key ?? '')) : el('code', {}, `sha256 ${hash}`)),
          el('td', { class: 'number' }, timeToLive(leftMs)),
          el('td', { class: 'number' }, idleMs === undefined ? 'unknown' : duration(idleMs)),
          el('td', { class: 'number' }, bytes(size)),
        );
      },
    });
    this.element = el(
      'div',
      { class: 'own' },
      el(
        'section',
        {},
        searchHead('Sessions', {
          label: 'Version of the sessions',
          placeholder: usual,
          search: (version) => {
            this.version = version || usual;
            void this.sessions.reload();
          },
          actions: [button('Refresh', () => this.sessions.reload())],
        }),
        el(
          'p',
          { class: 'quiet' },
          cache.rights.read
            ? 'A session id is a credential: only users who may read values see it.'
            : 'You may not read values, so you see hashes instead of ids, as in logs.',
        ),
        this.sessions.element,
      ),
    );
  }

  show() {
    void this.sessions.reload();
  }
}
