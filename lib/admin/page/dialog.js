import { ApiError } from './api.js';
import { button, el, finderOf, isBusy, labelled, messageOf, notify, options, part, setBusy } from './dom.js';
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
 * @property {'text' | 'json'} [kind] `'text'` by default
 * @property {readonly (readonly [value: string, text: string])[]} [choices] the possible values
 * @property {boolean} [isOptional]
 * @property {(value: string, others: Record<string, { value: string }>) => void} [changed] called after another choice
 */

/**
 * @template {string} Name
 * @typedef {object} Question
 * @property {string} title
 * @property {string} [text]
 * @property {readonly HTMLElement[]} [details]
 * @property {readonly Field<Name>[]} [fields]
 * @property {string} action
 * @property {string} [dismiss] `'Cancel'` by default
 * @property {boolean} [isDanger]
 * @property {(values: Record<Name, string>) => Promise<void>} run
 * @property {() => void} [cancel] stops `run`; without it, `run` goes on when the dialog is closed
 * @property {(isDone: boolean) => unknown} [refresh] called after `run`, or if another change was the reason of a refusal
 */

/**
 * Asks for confirmation or for fields. `run` receives the values; the dialog shows its error and stays open.
 *
 * @template {string} Name
 * @param {Question<Name>} question
 * @returns {Promise<boolean>} whether `run` succeeded and was not cancelled; known when it has ended
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
  refresh,
}) {
  const findOpener = document.activeElement && finderOf(document.activeElement);
  const id = `dialog-title-${document.querySelectorAll('dialog').length}`;
  const error = el('p', { class: 'error', role: 'alert' });
  const controls = fields.map((field) => ({ ...field, control: controlOf(field) }));
  const cancelButton = button(dismiss, () => close());
  // Without autofocus, the browser would focus a scrollable element.
  (controls[0]?.control ?? cancelButton).autofocus = true;
  const byName = Object.fromEntries(controls.map(({ name, control }) => [name, control]));
  for (const { control, changed } of controls)
    control.addEventListener('change', () => changed?.(control.value, byName));
  /** @param {MouseEvent} event the second click of a double click was meant for what opened the dialog */
  const onclick = (event) => event.detail > 1 && event.preventDefault();
  const submit = el('button', { type: 'submit', class: isDanger ? 'danger' : 'primary', onclick }, action);
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
  // The browser's own event comes with the next frame: until then, the button that opened the dialog would not work.
  const shut = () => {
    dialog.close();
    dialog.dispatchEvent(new Event('close'));
  };
  const close = async () => {
    if (await mayDiscard(dialog)) shut();
  };
  return new Promise((resolve) => {
    let [isDone, isOutdated, isCancelled] = [false, false, false];
    const end = () => {
      if (isDone || isOutdated) void refresh?.(isDone);
      resolve(isDone && (!isCancelled || !cancel));
    };
    const carryOut = async () => {
      if (isBusy(submit)) return;
      setBusy(submit, true);
      try {
        await run(valuesOf(controls));
        isDone = true;
      } catch (failed) {
        isOutdated ||= failed instanceof ApiError && [404, 409].includes(failed.status);
        error.replaceChildren(messageOf(failed), ...whatChanged(failed, giveUp));
        if (!dialog.open && !cancel) notify(messageOf(failed));
      }
      setBusy(submit, false);
      if (!dialog.open) end();
      else if (isDone) shut();
    };
    const giveUp = () => {
      discard(dialog);
      shut();
    };
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void carryOut();
    });
    // Handles Escape itself: at the second Escape, a browser closes the dialog without an event.
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
    const onClose = () => {
      isCancelled = !isDone;
      if (isCancelled) cancel?.();
      dialog.remove();
      if (document.activeElement === document.body) backTo(findOpener?.()).focus({ preventScroll: true });
      if (!isBusy(submit)) end();
    };
    dialog.addEventListener('close', onClose, { once: true });
    document.body.append(dialog);
    dialog.showModal();
    // The confirmation of a deletion is not worth saving.
    if (!isDanger) for (const { control } of controls) watchField(control);
  });
}

/**
 * Finds where to go on. A view that refreshes has replaced the element that opened the dialog, or removed it.
 *
 * @param {HTMLElement | undefined} opener
 * @returns {HTMLElement}
 */
const backTo = (opener) => opener ?? document.querySelector('.chosen > .entry') ?? part('main');

/**
 * Asks before typed text in a part of the page is lost.
 *
 * @param {Node} [within]
 * @returns {Promise<boolean>} whether the text may be discarded
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
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript does not infer the names of the entries
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
