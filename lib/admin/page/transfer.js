import { post, postLong, urlOf } from './api.js';
import { ask } from './dialog.js';
import { el, labelled, notify } from './dom.js';
import { bytes, keysOf, number } from './format.js';
import { plainName, shownName } from './name.js';
import { readImport, sendImport } from './transfer-file.js';

/**
 * @import { Child } from './dom.js'
 * @import { ExportStep } from '../transfer/export-keys.js'
 * @import { ImportedKeys, LineProblem } from '../transfer/import-keys.js'
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
        label: 'Contents',
        choices: forms,
        hint: 'Only a cache with the same serializers and compressors can read stored bytes, and encrypted bytes only under the same key name. Streams keep their consumer groups, but not the pending entries.',
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
  tell(
    'Not all keys were exported',
    skipped.map(({ key, why }) => [shownName(key), `: ${plainName(why)}`]),
    isCut ? 'An export ends at 10,000 keys, or 50 MB. Search for fewer.' : undefined,
  );

/**
 * @param {string} title
 * @param {readonly (readonly Child[])[]} lines
 * @param {string} [text]
 */
const tell = (title, lines, text) =>
  ask({ title, text, details: [listOf('Left out', lines)], action: 'OK', dismiss: 'Close', run: async () => {} });

/**
 * Lists the first lines.
 *
 * @param {string} name
 * @param {readonly (readonly Child[])[]} lines
 */
const listOf = (name, lines) =>
  el(
    'ul',
    { class: 'sample', 'aria-label': name },
    lines.slice(0, mostShown).map((line) => el('li', {}, ...line)),
    lines.length > mostShown && el('li', {}, `and ${number(lines.length - mostShown)} more`),
  );

/**
 * @param {LineProblem} problem
 * @returns {readonly Child[]}
 */
const lineOf = ({ line, key, message }) => [
  `Line ${line}`,
  ...(key === undefined ? [] : [', ', shownName(key)]),
  `: ${plainName(message)}`,
];

/**
 * Reads a file, shows a preview, and imports the keys after a confirmation.
 *
 * @param {string} cache
 * @param {Where} where
 * @returns {Promise<boolean>} whether keys may have been created
 */
export async function importKeys(cache, where) {
  const file = el('input', { type: 'file', accept: '.jsonl,.ndjson,application/x-ndjson', required: true });
  /** @type {{ plan?: Awaited<ReturnType<typeof readImport>>, overwrite: boolean }} */
  const given = { overwrite: false };
  const stop = new AbortController();
  const isRead = await ask({
    title: 'Import keys',
    text: 'The next step shows a preview. Nothing changes before you confirm it.',
    details: [labelled('A file of JSON lines from an export', file)],
    fields: [
      {
        name: 'existing',
        label: 'Existing keys',
        choices: [
          ['keep', 'stay as they are'],
          ['overwrite', 'are overwritten'],
        ],
      },
    ],
    action: 'Check',
    cancel: () => stop.abort(),
    run: async ({ existing }) => {
      const chosen = file.files?.[0];
      if (!chosen) throw new Error('Choose a file.');
      if (chosen.size > largestFile) throw new Error(`The file is larger than ${bytes(largestFile)}.`);
      given.overwrite = existing === 'overwrite';
      given.plan = await readImport(await chosen.text(), (lines, first) => {
        stop.signal.throwIfAborted();
        return post(urlOf(cache, '/import/check'), { lines, first, overwrite: given.overwrite, ...where });
      });
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
  const { keys, existing, types, problems } = plan;
  const bar = el('progress', { 'aria-label': 'Keys imported', max: String(keys), hidden: true });
  const told = { imported: 0, kept: 0, sent: 0, isStopped: false, problems: [...problems] };
  const fate = overwrite ? 'They will be overwritten.' : 'They will not change.';
  const isDone = await ask({
    title: `Import ${keysOf(keys)}?`,
    text: existing === 0 ? 'All keys are new.' : `Existing keys: ${number(existing)}. ${fate}`,
    details: [
      listOf(
        'By type',
        Object.entries(types).map(([type, count]) => [`${type}: ${number(count)}`]),
      ),
      ...(problems.length === 0
        ? []
        : [el('p', {}, `Refused lines: ${number(problems.length)}`), listOf('Refused lines', problems.map(lineOf))]),
      bar,
    ],
    action: `Import ${keysOf(keys)}`,
    isDanger: overwrite && existing > 0,
    cancel: () => (told.isStopped = true),
    run: () => {
      bar.hidden = false;
      return sendImport(plan, told, async (lines, first) => {
        /** @type {ImportedKeys} */
        const done = await post(urlOf(cache, '/import'), { lines, first, overwrite, ...where });
        told.imported += done.imported;
        told.kept += done.kept;
        told.problems.push(...done.problems);
        bar.value += done.imported + done.kept + done.refused;
      });
    },
  });
  const kept = told.kept > 0 ? `; already there: ${number(told.kept)}` : '';
  if (isDone || told.imported > 0)
    notify(`${keysOf(told.imported)} imported${kept}${isDone ? '.' : ', then cancelled.'}`);
  if ((isDone || told.imported > 0) && told.problems.length > 0)
    await tell('Not all keys were imported', told.problems.map(lineOf));
  return isDone || told.imported > 0;
}
