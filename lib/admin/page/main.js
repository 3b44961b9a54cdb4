import { allCaches } from './api.js';
import { mayDiscard } from './dialog.js';
import { el, failure, part, refill } from './dom.js';
import { hitRatio } from './format.js';
import { plainName, shownName } from './name.js';
import { hrefOf, place } from './place.js';
import { hasUnsaved } from './unsaved.js';
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
 * Links relative to the current place: they stay, only their addresses change.
 *
 * @type {Link[]}
 */
const links = [];
/** @type {readonly VisibleCache[]} */
let caches = [];
let readOnly = false;
/** Shown instead of a view if the address names a cache that is not there. */
const unknown = el('p', { class: 'note', role: 'alert' });
/**
 * The view on the page.
 *
 * @type {View | undefined}
 */
let shown;
/** The position of the view in the history of this page. */
let step = 0;
let isAsking = false;

async function start() {
  try {
    ({ caches, readOnly } = await allCaches());
  } catch (error) {
    refill(content, failure(error, start));
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
        shownName(cache.name),
        el('small', {}, `${cache.topology} · hits: ${hitRatio(cache.stats)}`),
      ]),
    ),
  );
  const tabs = el(
    'nav',
    { class: 'tabs', 'aria-label': 'Views' },
    Array.from(views, ([view, [tab]]) => link({ view, of: '' }, (at) => viewOf(at) === view, [tab])),
  );
  refill(content, tabs);
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
const cacheOf = (at) => (at.cache ? caches.find(({ name }) => name === at.cache) : caches[0]);

/** @param {Place} at */
const viewOf = (at) => (views.has(at.view) ? at.view : 'keys');

/** Asks before a change of the address discards typed text, and shows the old address meanwhile. */
async function leave() {
  const [next, to] = [location.hash, stepIn(history.state)];
  if (to === step) return;
  const stay = () => history.go(to === undefined ? -1 : step - to);
  if (isAsking) return stay();
  if (hasUnsaved()) {
    isAsking = true;
    stay();
    const isLeft = await mayDiscard();
    isAsking = false;
    if (isLeft && to === undefined) location.hash = next;
    else if (isLeft && to !== undefined) history.go(to - step);
    return;
  }
  // Open dialogs belong to the previous place.
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  render();
}

/**
 * The position of a place in the history of this page; a new place has no state.
 *
 * @param {unknown} state
 */
const stepIn = (state) => (typeof state === 'number' ? state : undefined);

function render() {
  const known = stepIn(history.state);
  if (known === undefined) history.replaceState(step + 1, '');
  step = known ?? step + 1;
  const at = place();
  const cache = cacheOf(at);
  document.title = `${plainName(at.key || (cache?.name ?? at.cache))} · Caches`;
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
    shown = cache && new kind(cache);
    if (shown) content.append(shown.element);
  }
  if (shown) unknown.remove();
  else content.append(unknown);
  unknown.textContent = `You see no cache named ${plainName(at.cache)}. Choose another above.`;
  shown?.show(at);
}

window.addEventListener('hashchange', () => void leave());
// The link's own address would be another place of the page.
part('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  content.focus();
});
document.addEventListener('keydown', (event) => {
  // A key that is still held down answers no dialog, and sends nothing again.
  if (event.key === 'Enter' && event.repeat && !(event.target instanceof HTMLTextAreaElement)) event.preventDefault();
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
