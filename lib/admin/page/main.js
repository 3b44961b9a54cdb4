import { allCaches } from './api.js';
import { mayDiscard } from './dialog.js';
import { el, failure, part } from './dom.js';
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

/** Asks before a change of the address discards typed text, and shows the old address meanwhile. */
async function leave() {
  if (isAsking) return;
  if (hasUnsaved()) {
    isAsking = true;
    const [next, to] = [location.hash, stepIn(history.state)];
    await moved(() => history.go(to === undefined ? -1 : step - to));
    const isLeft = await mayDiscard();
    if (isLeft) await moved(() => (to === undefined ? (location.hash = next) : history.go(to - step)));
    isAsking = false;
    if (!isLeft) return;
  }
  // Open dialogs belong to the previous place.
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  render();
}

/** @param {() => unknown} move */
const moved = (move) =>
  new Promise((resolve) => {
    window.addEventListener('hashchange', resolve, { once: true });
    move();
  });

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
  if (!cache) return;
  document.title = `${plainName(at.key || cache.name)} · Caches`;
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

window.addEventListener('hashchange', () => void leave());
// The link's own address would be another place of the page.
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
