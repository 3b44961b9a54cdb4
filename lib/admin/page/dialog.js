import { button, el, labelled } from './dom.js';

/**
 * Asks for confirmation or for some fields. `run` gets their values; what it throws is shown, and the dialog stays.
 * `fields`: { name, label, value?, hint?, kind?: 'text' | 'json' | 'choice', choices? }
 *
 * @returns whether it was done
 */
export function ask({ title, text, fields = [], action, isDanger = false, run }) {
  const error = el('p', { class: 'error', role: 'alert' });
  const controls = fields.map((field) => [field, controlOf(field)]);
  const submit = el('button', { type: 'submit', class: isDanger ? 'danger' : 'primary' }, action);
  const form = el(
    'form',
    { method: 'dialog' },
    el('h2', { id: 'dialog-title' }, title),
    text && el('p', {}, text),
    controls.map(([{ label, hint }, control]) => labelled(label, control, hint)),
    error,
    el(
      'div',
      { class: 'actions' },
      button('Cancel', () => dialog.close()),
      submit,
    ),
  );
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title' }, form);
  return new Promise((resolve) => {
    let isDone = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      submit.disabled = true;
      try {
        await run(Object.fromEntries(controls.map(([{ name }, control]) => [name, control.value])));
        isDone = true;
        dialog.close();
      } catch (failed) {
        error.textContent = failed.message;
      } finally {
        submit.disabled = false;
      }
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      // What had opened it may have been drawn anew.
      if (document.activeElement === document.body)
        document.querySelector('.entry, main').focus({ preventScroll: true });
      resolve(isDone);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function controlOf({ kind = 'text', value = '', choices, isOptional = false }) {
  const common = { required: !isOptional, spellcheck: 'false', autocomplete: 'off' };
  if (kind === 'choice') {
    return el(
      'select',
      {},
      choices.map(([each, text]) => el('option', { value: each, selected: each === value }, text)),
    );
  }
  if (kind === 'json') {
    const area = el('textarea', { ...common, rows: '6', class: 'code' });
    area.value = value;
    return area;
  }
  return el('input', { ...common, value });
}
