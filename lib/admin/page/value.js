import { ApiError } from './api.js';
import { button, el, isBusy, messageOf, setBusy } from './dom.js';
import { bytes, hexDump } from './format.js';
import { shownText, visibleJson } from './name.js';
import { checkedTyped, typedLegend } from './typed.js';
import { discard, watchField } from './unsaved.js';

/**
 * @import { EntryView as Entry } from '../entries/entries.js'
 * @import { ValueView } from '../entries/value-view.js'
 * @import { EntryView } from './entry-view.js'
 */

const undecoded =
  'These bytes were not decoded: another program or serializer wrote them, or they are too large or no longer readable.';

/**
 * Shows a value in short form, for a list of values.
 *
 * @param {ValueView} value
 */
export function valueOf(value) {
  if (value.format === 'unread') return el('small', {}, `${bytes(value.size)}: too large to be read`);
  if (value.format !== 'bytes') return el('code', { class: 'value' }, shownText(value.text), value.isCut && '…');
  const shown = value.text === undefined ? [hexDump(value.hex)] : shownText(value.text);
  return el('code', { class: 'value bytes', title: reasonOf(value) }, shown);
}

/**
 * Whether the page shows the whole value, in a form that can be edited.
 *
 * @param {ValueView} value
 * @returns {value is Extract<ValueView, { format: 'json' | 'typed' }>}
 */
export const isEditable = (value) => (value.format === 'json' || value.format === 'typed') && !value.isCut;

/**
 * Returns the reason why the value cannot be edited.
 *
 * @param {ValueView} value
 */
function reasonOf(value) {
  if (value.format === 'bytes') {
    if (value.expandsBeyond === undefined) return undecoded;
    return `These bytes are compressed, and were not decoded: they expand to more than ${bytes(value.expandsBeyond)}.`;
  }
  if (value.format !== 'inspect') return undefined;
  return `This is the output of Node.js and cannot be edited here: the value is or contains ${value.why}, which has no exact notation.`;
}

/**
 * Shows a string with an editor.
 *
 * @param {EntryView} view
 * @param {ValueView} value
 * @param {Pick<Entry, 'ttlMs' | 'tags' | 'digest'>} entry
 */
export function valueEditor(view, value, { ttlMs, tags, digest }) {
  if (view.readOnly || !isEditable(value) || ttlMs === -2) return shownValue(value);
  const label = 'Value, as JSON with types';
  const area = el('textarea', { class: 'code', rows: '12', spellcheck: 'false', 'aria-label': label });
  const text = visibleJson(value.text);
  area.value = text;
  area.rows = Math.min(30, Math.max(4, text.split('\n').length + 1));
  watchField(area);
  const error = el('p', { class: 'error', role: 'alert' });
  const save = el('button', { type: 'submit', class: 'primary', disabled: true }, 'Save');
  const reset = button('Undo', () => {
    area.value = text;
    area.dispatchEvent(new Event('input'));
    area.focus();
  });
  reset.disabled = true;
  area.addEventListener('input', () => {
    save.disabled = reset.disabled = area.value === text;
    error.textContent = '';
  });
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (isBusy(save)) return;
    setBusy(save, true);
    // The answer replaces the field.
    area.readOnly = true;
    try {
      await view.change('/value', { typed: checkedTyped(area.value), digest }, 'The value was saved.');
      watchField(area);
      await view.load();
    } catch (failed) {
      error.replaceChildren(messageOf(failed), ...whatChanged(failed, giveUp));
    }
    area.readOnly = false;
    setBusy(save, false);
  };
  const giveUp = () => {
    discard(area);
    return view.load();
  };
  const kept = tags
    ? 'Saving keeps the time to live and the tags, but not the grace.'
    : 'Saving keeps the time to live.';
  return el(
    'form',
    { class: 'editor', onsubmit: submit },
    el('h3', {}, 'Value'),
    area,
    typedLegend(value.format === 'typed'),
    error,
    el('div', { class: 'actions' }, save, reset, el('small', {}, kept)),
  );
}

/**
 * After a conflict, shows the current value and keeps the typed text.
 *
 * @param {unknown} failed
 * @param {() => unknown} reload
 */
export function whatChanged(failed, reload) {
  const current = failed instanceof ApiError ? failed.current : undefined;
  if (!current) return [];
  return [
    el('details', { open: true }, el('summary', {}, 'Current value'), valueOf(current)),
    button('Discard my edit', reload),
  ];
}

/** @param {ValueView} value */
function shownValue(value) {
  if (value.format === 'unread') return el('p', { class: 'note' }, valueOf(value));
  const isBytes = value.format === 'bytes';
  const isCut = isBytes ? 2 * value.size > value.hex.length : value.isCut;
  const reason = reasonOf(value);
  return el(
    'div',
    { class: 'editor' },
    el('h3', {}, isBytes ? `Value, ${bytes(value.size)}` : 'Value'),
    reason && el('p', { class: 'note' }, reason),
    isBytes && value.text !== undefined && el('pre', { class: 'code', tabindex: '0' }, shownText(value.text)),
    el('pre', { class: 'code', tabindex: '0' }, isBytes ? hexDump(value.hex) : shownText(value.text)),
    isCut && el('p', { class: 'quiet' }, 'This is only the beginning.'),
  );
}
