/** An element. Children are text or elements, so that nothing of a key or a value becomes markup. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== false));
  return element;
}

export const button = (text, onclick, attributes = {}) =>
  el('button', { type: 'button', onclick, ...attributes }, text);

/** A control with its label above. */
export const labelled = (text, control, hint) =>
  el('label', {}, el('span', {}, text), control, hint && el('small', {}, hint));

export const options = (choices, chosen) =>
  choices.map(([value, text]) => el('option', { value, selected: value === chosen }, text));

let clearing;

/** Tells what was done; screen readers say it. */
export function notify(text) {
  const notice = document.querySelector('#notice');
  notice.textContent = text;
  clearTimeout(clearing);
  clearing = setTimeout(() => (notice.textContent = ''), 6000);
}

/** What went wrong, in the place of what could not be shown. */
export function failure(error, retry) {
  const isAway = error.status === 503;
  return el(
    'div',
    { class: 'failure', role: 'alert' },
    el('h2', {}, isAway ? 'The cache is not to be reached right now' : 'That did not work'),
    el('p', {}, error.message),
    isAway &&
      el('p', { class: 'quiet' }, 'The application goes on; this page can as soon as the server answers again.'),
    retry && button('Try again', retry),
  );
}
