import { get, urlOf } from './api.js';
import { button, el } from './dom.js';
import { number } from './format.js';
import { shownName } from './name.js';
import { PagedList } from './pages.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { ScriptRow, ScriptsView as View } from '../own/scripts.js'
 */

/** Lists the Lua scripts of the application. */
export class ScriptsView {
  servers = 0;

  /** @param {VisibleCache} cache */
  constructor(cache) {
    this.cache = cache;
    /** @type {PagedList<ScriptRow>} */
    this.scripts = new PagedList({
      label: 'Scripts',
      titles: ['Script', 'Keys', 'Calls of this process', 'Loaded'],
      noun: ['script is registered', 'scripts are registered'],
      id: ({ name }) => name,
      load: async () => {
        /** @type {View} */
        const { scripts, servers } = await get(urlOf(this.cache.name, '/scripts'));
        this.servers = servers;
        return { rows: scripts };
      },
      row: ({ name, sha, numKeys, calls, loadedOn }) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, shownName(name), el('div', {}, el('small', {}, el('code', {}, sha)))),
          el('td', { class: 'number' }, numKeys === undefined ? 'any' : number(numKeys)),
          el('td', { class: 'number' }, number(calls)),
          el(
            'td',
            {},
            loadedOn === undefined ? 'not told' : `on ${number(loadedOn)} of ${number(this.servers)} servers`,
          ),
        ),
    });
    this.element = el(
      'div',
      { class: 'own' },
      el(
        'section',
        {},
        el(
          'div',
          { class: 'head' },
          el('h2', {}, 'Scripts'),
          button('Refresh', () => this.scripts.reload()),
        ),
        el('p', { class: 'quiet' }, 'A server that lacks a script receives it with the next call.'),
        this.scripts.element,
      ),
    );
  }

  show() {
    void this.scripts.reload();
  }
}
