import { post, postLong, urlOf } from './api.js';
import { ask } from './dialog.js';
import { el, labelled, notify } from './dom.js';
import { bytes, number } from './format.js';
import { shownName } from './name.js';
import { readImport, sendImport } from './transfer-file.js';

/**
 * @import { ExportStep } from '../transfer/export-keys.js'
 * @import { Where } from './place.js'
 */

/** @typedef {{ readonly keys: readonly string[] } | { readonly pattern: string, readonly type?: string }} Which */
/** @typedef {ExportStep & { readonly error?: string }} Line */
/** @typedef {{ readonly key: string, readonly why: string }} Skipped */

/** @type {readonly (readonly [form: string, text: string])[]} */
const forms = [
  ['values', 'values, as JSON with types'],
  ['bytes', 'stored bytes, exactly, in base64'],
];
const mostShown = 20;
const largestFile = 60_000_000;

/**
 * Saves keys as a file of JSON lines.
 *
 * @param {string} cache
 * @param {Which} which
 * @param {Where} where
 */
export async function exportKeys(cache, which, where) {
  /** @type {string[]} */
  const lines = [];
  /** @type {Skipped[]} */
  const skipped = [];
  const end = { isCut: false };
  const stop = new AbortController();
  const done = el('p', { role: 'status' });
  const isDone = await ask({
    title: 'keys' in which ? `Export ${keysOf(which.keys.length)}` : 'Export all keys that match',
    text: 'keys' in which ? undefined : which.pattern,
    details: [done],
    fields: [
      {
        name: 'form',
        label: 'What of them',
        choices: forms,
        hint: 'Bytes are read only by a cache with the same serializers and compressors; encrypted ones, only under the same name.',
      },
    ],
    action: 'Export',
    cancel: () => stop.abort(),
    run: async ({ form }) => {
      [lines.length, skipped.length] = [0, 0];
      /** @param {Line} line */
      const hear = (line) => {
        if (line.error) throw new Error(line.error);
        if ('record' in line) lines.push(`${JSON.stringify(line.record)}\n`);
        if ('skipped' in line) skipped.push(line.skipped);
        if ('isCut' in line) end.isCut = true;
        done.textContent = `${keysOf(lines.length)} so far`;
      };
      await postLong(urlOf(cache, '/export'), { form, ...which, ...where }, stop.signal, hear);
      if (lines.length === 0 && skipped.length === 0) throw new Error('No key matches.');
    },
  });
  if (!isDone) return;
  if (lines.length > 0) save(`${cache}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.jsonl`, lines);
  notify(`${keysOf(lines.length)} exported.`);
  if (skipped.length > 0 || end.isCut) await tellSkipped(skipped, end.isCut);
}

/**
 * @param {string} name
 * @param {readonly string[]} lines
 */
function save(name, lines) {
  const url = URL.createObjectURL(new Blob([...lines], { type: 'application/x-ndjson' }));
  el('a', { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

/**
 * @param {readonly Skipped[]} skipped
 * @param {boolean} isCut
 */
const tellSkipped = (skipped, isCut) =>
  ask({
    title: 'Not all keys were exported',
    text: isCut ? 'An export ends at 10,000 keys, or 50 MB. Search for fewer.' : undefined,
    details: [
      el(
        'ul',
        { class: 'sample', 'aria-label': 'Left out' },
        skipped.slice(0, mostShown).map(({ key, why }) => el('li', {}, shownName(key), `: ${why}`)),
        skipped.length > mostShown && el('li', {}, `and ${number(skipped.length - mostShown)} more`),
      ),
    ],
    action: 'OK',
    dismiss: 'Close',
    run: async () => {},
  });

/**
 * Reads such a file, tells what it would do, and does it where that is wanted.
 *
 * @param {string} cache
 * @param {Where} where
 * @returns {Promise<boolean>} whether keys may have been made
 */
export async function importKeys(cache, where) {
  const file = el('input', { type: 'file', accept: '.jsonl,.ndjson,application/x-ndjson', required: true });
  /** @type {{ plan?: Awaited<ReturnType<typeof readImport>>, overwrite: boolean }} */
  const given = { overwrite: false };
  const isRead = await ask({
    title: 'Import keys',
    text: 'Nothing is changed before you have seen what the file would do.',
    details: [labelled('A file of JSON lines, as an export makes it', file)],
    fields: [
      {
        name: 'existing',
        label: 'Keys that are there already',
        choices: [
          ['keep', 'stay as they are'],
          ['overwrite', 'are overwritten'],
        ],
      },
    ],
    action: 'Check',
    run: async ({ existing }) => {
      const chosen = file.files?.[0];
      if (!chosen) throw new Error('Choose a file.');
      if (chosen.size > largestFile) throw new Error(`The file is larger than ${bytes(largestFile)}.`);
      given.overwrite = existing === 'overwrite';
      given.plan = await readImport(await chosen.text(), (lines, first) =>
        post(urlOf(cache, '/import/check'), { lines, first, ...where }),
      );
    },
  });
  const { plan, overwrite } = given;
  return isRead && plan !== undefined && carryOut(cache, where, plan, overwrite);
}

/**
 * @param {string} cache
 * @param {Where} where
 * @param {Awaited<ReturnType<typeof readImport>>} plan
 * @param {boolean} overwrite
 */
async function carryOut(cache, where, plan, overwrite) {
  const { keys, existing, types } = plan;
  const bar = el('progress', { 'aria-label': 'Keys imported', max: String(keys), hidden: true });
  const told = { imported: 0, kept: 0, isStopped: false };
  const fate = overwrite ? 'What is there is overwritten.' : 'What is there stays as it is.';
  const isDone = await ask({
    title: `Import ${keysOf(keys)}?`,
    text: existing === 0 ? 'None of them is there yet.' : `Already there: ${number(existing)}. ${fate}`,
    details: [
      el(
        'ul',
        { class: 'sample', 'aria-label': 'By type' },
        Object.entries(types).map(([type, count]) => el('li', {}, `${type}: ${number(count)}`)),
      ),
      bar,
    ],
    action: `Import ${keysOf(keys)}`,
    isDanger: overwrite && existing > 0,
    cancel: () => (told.isStopped = true),
    run: () => {
      bar.hidden = false;
      return sendImport(plan, told, async (lines, first) => {
        /** @type {{ imported: number, kept: number }} */
        const { imported, kept } = await post(urlOf(cache, '/import'), { lines, first, overwrite, ...where });
        told.imported += imported;
        told.kept += kept;
        bar.value = told.imported + told.kept;
      });
    },
  });
  const kept = told.kept > 0 ? `; already there: ${number(told.kept)}` : '';
  if (isDone || told.imported > 0)
    notify(`${keysOf(told.imported)} imported${kept}${isDone ? '.' : ', then cancelled.'}`);
  return isDone || told.imported > 0;
}

/** @param {number} count */
const keysOf = (count) => `${number(count)} ${count === 1 ? 'key' : 'keys'}`;
