import { allCaches } from './api.js';
import { el, failure } from './dom.js';
import { hitRatio } from './format.js';
import { KeysView } from './keys-view.js';
import { hrefOf, place } from './place.js';
import { ServerView } from './server-view.js';

const content = document.querySelector('#content');
const views = { keys: KeysView, server: ServerView };
/** Links that go on from where the page is: their addresses change, they stay. */
const links = [];
let caches = [];
let readOnly = false;
/** What is on the page. */
let shown;

async function start() {
  try {
    ({ caches, readOnly } = await allCaches());
  } catch (error) {
    content.replaceChildren(failure(error, start));
    return;
  }
  document.querySelector('#mode').hidden = !readOnly;
  if (caches.length === 0) {
    content.replaceChildren(el('p', { class: 'quiet' }, 'The application has no cache: it imports no CachexModule.'));
    return;
  }
  const elsewhere = { key: '', pattern: '*', type: '', version: '' };
  document
    .querySelector('#caches')
    .replaceChildren(
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
    link({ view: 'keys' }, (at) => viewOf(at) === 'keys', ['Keys']),
    link({ view: 'server' }, (at) => viewOf(at) === 'server', ['Server']),
  );
  content.replaceChildren(tabs);
  render();
}

function link(changes, isCurrent, children) {
  const anchor = el('a', {}, children);
  links.push({ anchor, changes, isCurrent });
  return anchor;
}

const cacheOf = (at) => caches.find(({ name }) => name === at.cache) ?? caches[0];
const viewOf = (at) => (at.view in views ? at.view : 'keys');

function render() {
  const at = place();
  const cache = cacheOf(at);
  document.title = `${at.key || cache.name} · Caches`;
  for (const { anchor, changes, isCurrent } of links) {
    anchor.setAttribute('href', hrefOf(changes));
    if (isCurrent(at)) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
  }
  const kind = views[viewOf(at)];
  if (!(shown instanceof kind) || shown.cache !== cache) {
    shown?.element.remove();
    shown = new kind(cache, readOnly);
    content.append(shown.element);
  }
  shown.show(at);
}

window.addEventListener('hashchange', render);
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target.closest('input, textarea, select, dialog')) return;
  event.preventDefault();
  document.querySelector('#pattern')?.focus();
});
await start();
