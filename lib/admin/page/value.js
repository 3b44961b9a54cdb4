import { ApiError } from './api.js';
import { button, el, messageOf } from './dom.js';
import { bytes, hexDump, parseJson } from './format.js';

/**
 * @import { EntryView as Entry } from '../entries/entries.js'
 * @import { ValueView } from '../entries/value-view.js'
 * @import { EntryView } from './entry-view.js'
 */

/** @type {Readonly<Partial<Record<ValueView['format'], string>>>} */
const reasons = {
  inspect: 'JSON cannot represent all of this value, so it is shown as Node.js prints it and cannot be edited here.',
  bytes:
    'These bytes were not decoded: another program or serializer wrote them, or they are too large or no longer readable.',
};

/**
 * A value among others, short.
 *
 * @param {ValueView} value
 */
export function valueOf(value) {
  if (value.format === 'unread') return el('small', {}, `${bytes(value.size)}: too large to be read`);
  if (value.format !== 'bytes') return el('code', { class: 'value' }, value.isCut ? `${value.text}…` : value.text);
  const shown = value.text ?? hexDump(value.hex);
  return el('code', { class: 'value bytes', title: reasons.bytes }, shown);
}

/**
 * Whether what is shown is the whole value, and JSON.
 *
 * @param {ValueView} value
 */
export const isEditable = (value) => value.format === 'json' && !value.isCut;

/**
 * What a string holds, and where it can be changed.
 *
 * @param {EntryView} view
 * @param {ValueView} value
 * @param {Pick<Entry, 'ttlMs' | 'tags' | 'digest'>} entry
 */
export function valueEditor(view, value, { ttlMs, tags, digest }) {
  if (view.readOnly || value.format !== 'json' || !isEditable(value) || ttlMs === -2) return shownValue(value);
  const area = el('textarea', { class: 'code', rows: '12', spellcheck: 'false', 'aria-label': 'Value, as JSON' });
  area.value = value.text;
  area.rows = Math.min(30, Math.max(4, value.text.split('\n').length + 1));
  const error = el('p', { class: 'error', role: 'alert' });
  const save = el('button', { type: 'submit', class: 'primary', disabled: true }, 'Save');
  const reset = button('Undo', () => {
    area.value = value.text;
    area.dispatchEvent(new Event('input'));
    area.focus();
  });
  reset.disabled = true;
  area.addEventListener('input', () => {
    save.disabled = reset.disabled = area.value === value.text;
    error.textContent = '';
  });
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    try {
      await view.change('/value', { value: parseJson(area.value), digest }, 'The value was saved.');
    } catch (failed) {
      error.replaceChildren(messageOf(failed), ...whatChanged(failed, () => view.load()));
    }
  };
  const kept = tags
    ? 'Saving keeps the time to live and the tags, but not the grace.'
    : 'Saving keeps the time to live.';
  return el(
    'form',
    { class: 'editor', onsubmit: submit },
    el('h3', {}, 'Value'),
    area,
    error,
    el('div', { class: 'actions' }, save, reset, el('small', {}, kept)),
  );
}

/**
 * For a change that was refused because of another one meanwhile: the current value. The typed text stays.
 *
 * @param {unknown} failed
 * @param {() => unknown} reload
 */
export function whatChanged(failed, reload) {
  const current = failed instanceof ApiError ? failed.current : undefined;
  if (!current) return [];
  return [
    el('details', { open: true }, el('summary', {}, 'What is there now'), valueOf(current)),
    button('Discard my edit', reload),
  ];
}

/** @param {ValueView} value */
function shownValue(value) {
  if (value.format === 'unread') return el('p', { class: 'note' }, valueOf(value));
  const isBytes = value.format === 'bytes';
  const isCut = isBytes ? 2 * value.size > value.hex.length : value.isCut;
  const reason = reasons[value.format];
  return el(
    'div',
    { class: 'editor' },
    el('h3', {}, isBytes ? `Value, ${bytes(value.size)}` : 'Value'),
    reason && el('p', { class: 'note' }, reason),
    isBytes && value.text !== undefined && el('pre', { class: 'code', tabindex: '0' }, value.text),
    el('pre', { class: 'code', tabindex: '0' }, isBytes ? hexDump(value.hex) : value.text),
    isCut && el('p', { class: 'quiet' }, 'This is only the beginning.'),
  );
}
