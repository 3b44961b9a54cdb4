import { allCaches } from './api.js';
import { el, failure, part } from './dom.js';
import { hitRatio } from './format.js';
import { hrefOf, place } from './place.js';
import { views } from './views.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { Child } from './dom.js'
 * @import { Place } from './place.js'
 * @import { View } from './views.js'
 */

/**
 * @typedef {object} Link
 * @property {HTMLAnchorElement} anchor
 * @property {Partial<Place>} changes
 * @property {(at: Place) => boolean} isCurrent
 */

const content = part('#content');
/**
 * Links that go on from where the page is: their addresses change, they stay.
 *
 * @type {Link[]}
 */
const links = [];
/** @type {readonly VisibleCache[]} */
let caches = [];
let readOnly = false;
/**
 * What is on the page.
 *
 * @type {View | undefined}
 */
let shown;

async function start() {
  try {
    ({ caches, readOnly } = await allCaches());
  } catch (error) {
    content.replaceChildren(failure(error, start));
    return;
  }
  part('#mode').hidden = !readOnly;
  if (caches.length === 0) {
    content.replaceChildren(el('p', { class: 'quiet' }, 'The application has no cache: it imports no CachexModule.'));
    return;
  }
  const elsewhere = { key: '', of: '', pattern: '*', type: '', version: '', scope: '', prefix: '' };
  part('#caches').replaceChildren(
    ...caches.map((cache) =>
      link({ cache: cache.name, ...elsewhere }, (at) => cacheOf(at) === cache, [
        el('bdi', {}, cache.name),
        el('small', {}, `${cache.topology} · hits: ${hitRatio(cache.stats)}`),
      ]),
    ),
  );
  const tabs = el(
    'nav',
    { class: 'tabs', 'aria-label': 'Views' },
    Array.from(views, ([view, [tab]]) => link({ view, of: '' }, (at) => viewOf(at) === view, [tab])),
  );
  content.replaceChildren(tabs);
  render();
}

/**
 * @param {Link['changes']} changes
 * @param {Link['isCurrent']} isCurrent
 * @param {readonly Child[]} children
 */
function link(changes, isCurrent, children) {
  const anchor = el('a', {}, children);
  links.push({ anchor, changes, isCurrent });
  return anchor;
}

/** @param {Place} at */
const cacheOf = (at) => caches.find(({ name }) => name === at.cache) ?? caches[0];

/** @param {Place} at */
const viewOf = (at) => (views.has(at.view) ? at.view : 'keys');

function render() {
  const at = place();
  const cache = cacheOf(at);
  if (!cache) return;
  document.title = `${at.key || cache.name} · Caches`;
  for (const { anchor, changes, isCurrent } of links) {
    anchor.setAttribute('href', hrefOf(changes));
    if (isCurrent(at)) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
  }
  const [, kind] = views.get(viewOf(at)) ?? [];
  if (!kind) return;
  if (!(shown instanceof kind) || shown.cache !== cache) {
    shown?.leave?.();
    shown?.element.remove();
    shown = new kind(cache);
    content.append(shown.element);
  }
  shown.show(at);
}

window.addEventListener('hashchange', render);
// Its address would be another place of the page.
part('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  content.focus();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || isTyping(event)) return;
  event.preventDefault();
  const pattern = document.querySelector('#pattern');
  if (pattern instanceof HTMLElement) pattern.focus();
});

/** @param {KeyboardEvent} event */
function isTyping({ target }) {
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null;
}

await start();
