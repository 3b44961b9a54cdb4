import { button, el, isBusy, labelled, messageOf, options, part, setBusy } from './dom.js';
import { typedLegend } from './typed.js';
import { discard, hasUnsaved, watchField } from './unsaved.js';
import { whatChanged } from './value.js';

/**
 * @template {string} Name
 * @typedef {object} Field
 * @property {Name} name
 * @property {string} label
 * @property {string} [value]
 * @property {string} [hint]
 * @property {'text' | 'json'} [kind] `'text'` where left out
 * @property {readonly (readonly [value: string, text: string])[]} [choices] the values that there are
 * @property {boolean} [isOptional]
 * @property {(value: string, others: Record<string, { value: string }>) => void} [changed] when another one is chosen
 */

/**
 * @template {string} Name
 * @typedef {object} Question
 * @property {string} title
 * @property {string} [text]
 * @property {readonly HTMLElement[]} [details]
 * @property {readonly Field<Name>[]} [fields]
 * @property {string} action
 * @property {string} [dismiss] `'Cancel'` where left out
 * @property {boolean} [isDanger]
 * @property {(values: Record<Name, string>) => Promise<void>} run
 * @property {() => void} [cancel] ends what runs
 */

/**
 * Asks for confirmation or for some fields. `run` gets their values; what it throws is shown, and the dialog stays.
 *
 * @template {string} Name
 * @param {Question<Name>} question
 * @returns {Promise<boolean>} whether it was done
 */
export function ask({
  title,
  text,
  details = [],
  fields = [],
  action,
  isDanger = false,
  dismiss = 'Cancel',
  run,
  cancel,
}) {
  const id = `dialog-title-${document.querySelectorAll('dialog').length}`;
  const error = el('p', { class: 'error', role: 'alert' });
  const controls = fields.map((field) => ({ ...field, control: controlOf(field) }));
  const cancelButton = button(dismiss, () => close());
  // Else it is whatever scrolls.
  (controls[0]?.control ?? cancelButton).autofocus = true;
  const byName = Object.fromEntries(controls.map(({ name, control }) => [name, control]));
  for (const { control, changed } of controls)
    control.addEventListener('change', () => changed?.(control.value, byName));
  const submit = el('button', { type: 'submit', class: isDanger ? 'danger' : 'primary' }, action);
  /** @type {HTMLFormElement} */
  const form = el(
    'form',
    { method: 'dialog' },
    el('h2', { id }, title),
    text && el('p', {}, text),
    details,
    controls.map(({ label, hint, control }) => labelled(label, control, hint)),
    controls.some(({ kind }) => kind === 'json') && typedLegend(),
    error,
    el('div', { class: 'actions' }, cancelButton, submit),
  );
  /** @type {HTMLDialogElement} */
  const dialog = el('dialog', { 'aria-labelledby': id }, form);
  const close = async () => {
    if (await mayDiscard(dialog)) dialog.close();
  };
  return new Promise((resolve) => {
    let isDone = false;
    const carryOut = async () => {
      if (isBusy(submit)) return;
      setBusy(submit, true);
      try {
        await run(valuesOf(controls));
        isDone = true;
        dialog.close();
      } catch (failed) {
        error.replaceChildren(messageOf(failed), ...whatChanged(failed, () => close()));
      } finally {
        setBusy(submit, false);
      }
    };
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void carryOut();
    });
    // Escape; a browser that is asked twice closes it by itself, and so never hears of it.
    dialog.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      void close();
    });
    dialog.addEventListener('cancel', (event) => {
      event.preventDefault();
      void close();
    });
    dialog.addEventListener('close', () => {
      if (!isDone) cancel?.();
      dialog.remove();
      // The element that opened it may have been redrawn.
      if (document.activeElement === document.body) backTo().focus({ preventScroll: true });
      resolve(isDone);
    });
    document.body.append(dialog);
    dialog.showModal();
    // What confirms a deletion is nothing to keep.
    if (!isDanger) for (const { control } of controls) watchField(control);
  });
}

/** @returns {HTMLElement} */
const backTo = () => document.querySelector('.chosen > .entry') ?? part('main');

/**
 * Asks before what was typed in a part of the page is lost.
 *
 * @param {Node} [within]
 * @returns {Promise<boolean>} whether it may be
 */
export async function mayDiscard(within) {
  if (!hasUnsaved(within)) return true;
  const isDiscarded = await ask({
    title: 'Discard what you have typed?',
    text: 'It has not been saved.',
    action: 'Discard',
    isDanger: true,
    dismiss: 'Keep editing',
    run: async () => {},
  });
  if (isDiscarded) discard(within);
  return isDiscarded;
}

/**
 * @template {string} Name
 * @param {readonly { readonly name: Name, readonly control: { readonly value: string } }[]} controls
 */
function valuesOf(controls) {
  return /** @type {Record<Name, string>} */ (
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript does not know the names in the entries
    Object.fromEntries(controls.map(({ name, control }) => [name, control.value]))
  );
}

/** @param {Field<string>} field */
function controlOf({ kind = 'text', value = '', choices, isOptional = false }) {
  const common = { required: !isOptional, spellcheck: 'false', autocomplete: 'off' };
  if (choices) return el('select', {}, options(choices, value));
  if (kind === 'json') {
    const area = el('textarea', { ...common, rows: '6', class: 'code' });
    area.value = value;
    return area;
  }
  return el('input', { ...common, value });
}
