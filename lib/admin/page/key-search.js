import { el, labelled, options } from './dom.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { Place } from './place.js'
 */

/** @type {readonly (readonly [type: string, text: string])[]} */
const types = [
  ['', 'any type'],
  ...['string', 'hash', 'list', 'set', 'zset', 'stream'].map((type) => /** @type {const} */ ([type, type])),
];

const typing = { spellcheck: 'false', autocomplete: 'off' };

/** The form of a search for keys. */
export class KeySearch {
  /**
   * @param {VisibleCache} cache
   * @param {() => unknown} search called when the user asks for it
   */
  constructor(cache, search) {
    this.pattern = el('input', { id: 'pattern', type: 'search', placeholder: 'user:*', ...typing });
    this.type = el('select', {}, options(types));
    this.version = el('input', { class: 'short', placeholder: String(cache.version), ...typing });
    this.scope = el('input', { placeholder: 'none', ...typing });
    /** @param {Event} event */
    const onsubmit = (event) => {
      event.preventDefault();
      search();
    };
    this.type.addEventListener('change', onsubmit);
    this.element = el(
      'form',
      { class: cache.hasScopes ? 'search scoped' : 'search', onsubmit, role: 'search' },
      labelled('Pattern', this.pattern),
      labelled('Type', this.type),
      labelled('Version', this.version),
      cache.hasScopes && labelled('Scope', this.scope),
      el('button', { type: 'submit', class: 'primary' }, 'Search'),
    );
  }

  /** @param {Pick<Place, 'pattern' | 'type' | 'version' | 'scope'>} at */
  show({ pattern, type, version, scope }) {
    [this.pattern.value, this.type.value, this.version.value, this.scope.value] = [pattern, type, version, scope];
  }

  /** What is typed, even before a search. */
  get typed() {
    const [version, scope] = [this.version.value.trim(), this.scope.value];
    return { pattern: this.pattern.value || '*', type: this.type.value, version, scope };
  }

  focus() {
    this.pattern.focus();
  }
}
