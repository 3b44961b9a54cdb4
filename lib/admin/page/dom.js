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
 * @param {string} text
 * @param {() => unknown} onclick
 * @param {Attributes} attributes
 */
export const button = (text, onclick, attributes = {}) =>
  el('button', { type: 'button', onclick, ...attributes }, text);

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

const focusable = 'a, button, input, select, summary, [tabindex]';

/**
 * Identifies an element for a user who looks for it again.
 *
 * @param {Element} element
 */
const nameOf = (element) => `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent}`;

/**
 * Replaces the children of an element. Keeps the focus: on a child of the same name, or else the first child, or else
 * the surroundings. Keeps open details open.
 *
 * @param {HTMLElement} element
 * @param {Child[]} children
 */
export function refill(element, ...children) {
  const { activeElement } = document;
  const name = element.contains(activeElement) && activeElement ? nameOf(activeElement) : undefined;
  const unfolded = new Set(Array.from(element.querySelectorAll('details[open] > summary'), nameOf));
  element.replaceChildren(...children.filter((child) => child !== undefined && child !== false));
  for (const summary of element.querySelectorAll('details > summary'))
    if (unfolded.has(nameOf(summary))) summary.parentElement?.setAttribute('open', '');
  if (name === undefined) return;
  /** @type {HTMLElement | null} */
  const around = element.closest('[role=region], section[tabindex]');
  (namesake(element, name) ?? focusableIn(element)[0] ?? around)?.focus({ preventScroll: true });
}

/**
 * Finds the element that has taken the place of another.
 *
 * @param {Element} element
 */
export const replacementOf = (element) => namesake(part('main'), nameOf(element));

/**
 * @param {Element} within
 * @param {string} name
 */
const namesake = (within, name) => focusableIn(within).find((each) => nameOf(each) === name);

/**
 * @param {Element} within
 * @returns {HTMLElement[]}
 */
const focusableIn = (within) => Array.from(within.querySelectorAll(focusable));

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
 * Announces a result; screen readers read it aloud.
 *
 * @param {string} text
 */
export function notify(text) {
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

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));
