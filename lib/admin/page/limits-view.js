import { get, post, urlOf } from './api.js';
import { ask } from './dialog.js';
import { button, el, notify } from './dom.js';
import { duration, number } from './format.js';
import { plainName, shownName } from './name.js';
import { PagedList, searchHead } from './pages.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { CallerRow, CallersPage } from '../own/limits.js'
 */

/** Lists the callers of rate limiters with their consumption. */
export class LimitsView {
  pattern = '';

  /** @param {VisibleCache} cache */
  constructor(cache) {
    this.cache = cache;
    const { reset } = cache.rights;
    /** @type {PagedList<CallerRow>} */
    this.callers = new PagedList({
      label: 'Counted callers',
      titles: ['Caller', 'Limiter', 'Consumed', 'Full again in', reset && 'Change'],
      noun: ['caller', 'callers'],
      id: ({ algorithm, version, name, id }) => [algorithm, version, name, id].join('\n'),
      load: async (cursor) => {
        /** @type {CallersPage} */
        const page = await get(urlOf(this.cache.name, '/limits'), { pattern: this.pattern, cursor });
        return { rows: page.callers, cursor: page.cursor };
      },
      row: (caller) =>
        el(
          'tr',
          {},
          el('th', { scope: 'row' }, shownName(caller.id)),
          el('td', {}, shownName(caller.name), ' ', el('small', {}, caller.algorithm)),
          el('td', {}, caller.consumed === undefined ? '–' : number(caller.consumed), caller.isBlocked && ', blocked'),
          el('td', { class: 'number' }, duration(caller.resetMs)),
          reset &&
            el(
              'td',
              { class: 'changes' },
              button('Reset…', () => this.reset(caller), {
                'aria-label': plainName(`Reset ${caller.id} at ${caller.name}`),
              }),
            ),
        ),
    });
    this.element = el(
      'div',
      { class: 'own' },
      el(
        'section',
        {},
        searchHead('Rate limits', {
          placeholder: '203.0.113.*',
          search: (pattern) => {
            this.pattern = pattern;
            void this.callers.reload();
          },
          actions: [button('Refresh', () => this.callers.reload())],
        }),
        el('p', { class: 'quiet' }, 'The pattern matches callers. The limits are set in the application.'),
        this.callers.element,
      ),
    );
  }

  show() {
    void this.callers.reload();
  }

  /** @param {CallerRow} caller */
  async reset({ algorithm, version, name, id }) {
    await ask({
      title: 'Reset this caller?',
      text: `From now on it may consume the full limit of ${plainName(name)}.`,
      details: [el('p', {}, shownName(id))],
      action: 'Reset',
      run: async () => {
        await post(urlOf(this.cache.name, '/limits/reset'), { algorithm, version, name, id });
        notify('The caller was reset.');
      },
      refresh: () => this.callers.reload(),
    });
  }
}
