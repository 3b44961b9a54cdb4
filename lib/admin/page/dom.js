import { ApiError } from './api.js';

/**
 * `on…` adds a listener; `false` and `undefined` omit an attribute.
 *
 * @typedef {Readonly<Record<string, string | boolean | undefined | ((event: never) => unknown)>>} Attributes
 */

/** @typedef {Node | string | false | undefined} Child */

/**
 * Creates an element. Children are text or elements, so no key or value becomes markup.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {(Child | readonly Child[])[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), listener(value));
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== false));
  return element;
}

/**
 * Each handler expects the events of its own element.
 *
 * @param {(event: never) => unknown} handler
 * @returns {EventListener}
 */
function listener(handler) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the element sends this event
  return /** @type {EventListener} */ (handler);
}

/**
 * Ignores further clicks while its work is under way.
 *
 * @param {string} text
 * @param {() => unknown} work
 * @param {Attributes} attributes
 */
export function button(text, work, attributes = {}) {
  const onclick = async () => {
    if (isBusy(made)) return;
    const done = work();
    if (!(done instanceof Promise)) return;
    setBusy(made, true);
    await done.finally(() => setBusy(made, false));
  };
  const made = el('button', { type: 'button', onclick, ...attributes }, text);
  return made;
}

/**
 * Puts a label above a control.
 *
 * @param {string} text
 * @param {HTMLElement} control
 * @param {string} [hint]
 */
export const labelled = (text, control, hint) =>
  el('label', {}, el('span', {}, text), control, hint && el('small', {}, hint));

/**
 * @param {readonly (readonly [value: string, text: string])[]} choices
 * @param {string} [chosen]
 */
export const options = (choices, chosen) =>
  choices.map(([value, text]) => el('option', { value, selected: value === chosen }, text));

/**
 * Finds a part of the initial page.
 *
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function part(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`The page has no ${selector}`);
}

const focusable = 'a[href], button:enabled, input, select, textarea, summary, [tabindex]';
/** Parts of the page that can have the focus. */
const regions = '[role=region], section[tabindex]';

/** @param {Element} element */
const nameOf = (element) => `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent}`;

/**
 * Replaces the children of an element. Keeps the focus, open details and the positions of scrolled regions.
 *
 * @param {HTMLElement} element
 * @param {Child[]} children
 */
export function refill(element, ...children) {
  const unfolded = Array.from(element.querySelectorAll('details[open] > summary'), (each) => finderOf(each, element));
  const scrolled = Array.from(
    element.querySelectorAll(regions),
    (each) => /** @type {const} */ ([each, each.scrollLeft]),
  )
    .filter(([, left]) => left > 0)
    .map(([each, left]) => /** @type {const} */ ([finderOf(each, element), left]));
  keepFocus(element, () =>
    element.replaceChildren(...children.filter((child) => child !== undefined && child !== false)),
  );
  for (const find of unfolded) find()?.parentElement?.setAttribute('open', '');
  for (const [find, left] of scrolled) find()?.scrollTo({ left });
}

/**
 * Keeps the focus while the children of an element are moved or replaced: on the same child or one of its name, or else
 * near it.
 *
 * @param {HTMLElement} element
 * @param {() => void} change
 */
export function keepFocus(element, change) {
  const { activeElement } = document;
  if (!activeElement || activeElement === element || !element.contains(activeElement)) return change();
  const find = finderOf(activeElement, element);
  change();
  if (document.activeElement !== activeElement) (find() ?? nearest(element)).focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} element
 * @returns {HTMLElement}
 */
function nearest(element) {
  for (let around = element; ; around = around.parentElement ?? part('main')) {
    const first = around.matches(`${regions}, main`) ? around : focusableIn(around)[0];
    if (first) return first;
  }
}

/**
 * Remembers an element by its name. Its replacement has the same one.
 *
 * @param {Element} element
 * @param {Element} within
 * @returns {() => HTMLElement | undefined} finds the element, or its replacement
 */
export function finderOf(element, within = part('main')) {
  const name = nameOf(element);
  const namesakes = () => focusableIn(within).filter((each) => nameOf(each) === name);
  // Several may have the same name.
  const index = Math.max(
    0,
    namesakes().findIndex((each) => each === element),
  );
  return () => {
    const found = namesakes();
    return found.find((each) => each === element) ?? found[index] ?? found[0];
  };
}

/**
 * @param {Element} within
 * @returns {HTMLElement[]}
 */
function focusableIn(within) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = within.querySelectorAll(focusable);
  return Array.from(found).filter((each) => each.checkVisibility());
}

/**
 * Marks a button as busy. It is not disabled, because a disabled button loses the keyboard focus.
 *
 * @param {HTMLButtonElement} waiting
 * @param {boolean} isBusy
 */
export const setBusy = (waiting, isBusy) => waiting.setAttribute('aria-disabled', String(isBusy));

/** @param {HTMLButtonElement} waiting */
export const isBusy = (waiting) => waiting.getAttribute('aria-disabled') === 'true';

/** @type {ReturnType<typeof setTimeout> | undefined} */
let clearing;

/**
 * Announces a result; screen readers read it aloud, but not behind a dialog.
 *
 * @param {string} text
 */
export function notify(text) {
  const dialog = document.querySelector('dialog[open]');
  if (dialog) return dialog.addEventListener('close', () => notify(text), { once: true });
  const notice = part('#notice');
  notice.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => (notice.textContent = ''), 6000);
}

/**
 * Shows an error in place of the missing content.
 *
 * @param {unknown} error
 * @param {() => unknown} [retry]
 */
export function failure(error, retry) {
  const isAway = error instanceof ApiError && error.status === 503;
  return el(
    'div',
    { class: 'failure', role: 'alert' },
    el('h2', {}, isAway ? 'The cache cannot be reached right now' : 'That did not work'),
    el('p', {}, messageOf(error)),
    isAway &&
      el(
        'p',
        { class: 'quiet' },
        'The application keeps running; this page works again as soon as the server answers.',
      ),
    retry && button('Try again', retry),
  );
}

/**
 * Shows an error of a view that refreshes itself: screen readers read it once.
 *
 * @param {HTMLElement} place
 * @param {unknown} error
 * @param {() => unknown} [retry]
 */
export function showTrouble(place, error, retry) {
  const told = failure(error, retry);
  if (told.textContent !== place.textContent) refill(place, told);
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));
