import { get, post, postLong, urlOf } from './api.js';
import { ask } from './dialog.js';
import { el, notify } from './dom.js';
import { keysOf } from './format.js';
import { plainName, shownName } from './name.js';
import { here, whereOf } from './place.js';

/**
 * @import { KeySample } from '../bulk-deletion.js'
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { Where } from './place.js'
 */

/**
 * @typedef {object} Match
 * @property {string} pattern
 * @property {string} type
 * @property {string} version
 * @property {string} scope
 */

/** @typedef {{ readonly deleted: number, readonly isDone?: boolean, readonly error?: string }} Line */

const mostShown = 20;

/**
 * Deletes all matching keys after a preview.
 *
 * @param {VisibleCache} cache
 * @param {Match} match
 * @returns {Promise<boolean>} whether keys may have been deleted
 */
export async function deleteMatching(cache, { pattern, type, ...at }) {
  const where = whereOf(at);
  const isHere = here();
  /** @type {KeySample} */
  const { count, isComplete, sample, mustConfirm } = await get(urlOf(cache.name, '/keys/sample'), {
    pattern,
    type,
    ...where,
  });
  if (!isHere()) return false;
  if (isComplete && count === 0) {
    notify('No key matches.');
    return false;
  }
  const told = `${isComplete ? '' : 'more than '}${keysOf(count)}`;
  const bar = el('progress', { 'aria-label': 'Keys deleted', max: isComplete ? String(count) : undefined });
  const done = el('p', { role: 'status' });
  const stop = new AbortController();
  const heard = { deleted: 0 };
  /** @param {Line} line */
  const hear = ({ deleted, error }) => {
    heard.deleted = deleted;
    if (isComplete) bar.value = Math.min(deleted, count);
    done.textContent = `${keysOf(deleted)} deleted so far`;
    if (error) throw new Error(error);
  };
  const isDone = await ask({
    title: `Delete ${told}?`,
    text: `All keys of ${type ? `type ${type}` : 'every type'} that match ${plainName(pattern)} in version ${plainName(String(at.version || cache.version))} of ${cache.name}${at.scope && ` in the scope ${plainName(at.scope)}`}. This cannot be undone.`,
    details: [samplesOf(sample, count), el('div', { class: 'progress', hidden: true }, bar, done)],
    fields: mustConfirm ? [{ name: 'confirm', label: `Type the pattern to confirm: ${plainName(pattern)}` }] : [],
    action: `Delete ${told}`,
    isDanger: true,
    cancel: () => stop.abort(),
    /** @param {Partial<Record<'confirm', string>>} given */
    run: async ({ confirm }) => {
      if (bar.parentElement) bar.parentElement.hidden = false;
      const body = { pattern, ...(type && { type }), ...where, ...(confirm && { confirm }) };
      await postLong(urlOf(cache.name, '/keys/delete'), body, stop.signal, hear);
    },
  });
  if (isDone || heard.deleted > 0) notify(`${keysOf(heard.deleted)} deleted${isDone ? '.' : ', then cancelled.'}`);
  return isDone || heard.deleted > 0;
}

/**
 * @param {VisibleCache} cache
 * @param {readonly string[]} keys
 * @param {Where} where
 */
export function deleteChosen(cache, keys, where) {
  return ask({
    title: `Delete ${keysOf(keys.length)}?`,
    text: 'This cannot be undone.',
    details: [samplesOf(keys.slice(0, mostShown), keys.length)],
    action: `Delete ${keysOf(keys.length)}`,
    isDanger: true,
    run: async () => {
      /** @type {{ deleted: number }} */
      const { deleted } = await post(urlOf(cache.name, '/keys/delete-chosen'), { keys, ...where });
      notify(`${keysOf(deleted)} deleted.`);
    },
  });
}

/**
 * @param {readonly string[]} names
 * @param {number} count
 */
const samplesOf = (names, count) =>
  el(
    'ul',
    { class: 'sample', tabindex: '0', 'aria-label': 'Examples' },
    names.map((name) => el('li', {}, shownName(name))),
    count > names.length && el('li', {}, '…'),
  );
