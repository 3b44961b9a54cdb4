/** @import { ImportSummary, LineProblem } from '../transfer/import-keys.js' */

/** Applications take bodies of 100 KB where they say nothing else; quotes of lines in a body take room, too. */
const batchBytes = 60_000;
const batchLines = 200;
const mostProblems = 10;

/** Lines that are sent together, and the number of the first in the file. @typedef {{ lines: string[], first: number }} Batch */

/**
 * A file that was understood, and what it would do.
 *
 * @typedef {object} Plan
 * @property {readonly Batch[]} batches
 * @property {number} keys
 * @property {number} existing
 * @property {Readonly<Record<string, number>>} types
 */

/**
 * Has the application look at a file, part by part.
 *
 * @param {string} text
 * @param {(lines: string[], first: number) => Promise<ImportSummary>} check
 * @returns {Promise<Plan>}
 * @throws Error that names the lines which are not understood: then none is imported
 */
export async function readImport(text, check) {
  const batches = batchesOf(text.replace(/^\ufeff/, '').split(/\r?\n/));
  /** @type {LineProblem[]} */
  const problems = [];
  /** @type {Record<string, number>} */
  const types = {};
  let [keys, existing] = [0, 0];
  for (const { lines, first } of batches) {
    const summary = await check(lines, first);
    keys += summary.keys;
    existing += summary.existing;
    for (const [type, count] of Object.entries(summary.types)) types[type] = (types[type] ?? 0) + count;
    problems.push(...summary.problems);
    if (problems.length > mostProblems) break;
  }
  if (problems.length > 0) {
    const told = problems.slice(0, mostProblems).map(({ line, message }) => `Line ${line}: ${message}`);
    throw new Error(['Nothing is imported, as not all of the file is understood.', ...told].join('\n'));
  }
  if (keys === 0) throw new Error('The file holds no keys.');
  return { batches, keys, existing, types };
}

/**
 * Sends all of them, one after the other.
 *
 * @param {Plan} plan
 * @param {{ readonly isStopped: boolean }} state
 * @param {(lines: string[], first: number) => Promise<void>} send
 */
export async function sendImport({ batches }, state, send) {
  for (const { lines, first } of batches) {
    if (state.isStopped) return;
    await send(lines, first);
  }
}

/** @param {readonly string[]} lines */
function batchesOf(lines) {
  const encoder = new TextEncoder();
  /** @type {Batch[]} */
  const batches = [];
  let room = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const size = encoder.encode(JSON.stringify(line)).length;
    const last = batches.at(-1);
    // Numbers of lines go on without a gap.
    const isNext = last && last.first + last.lines.length === index + 1 && last.lines.length < batchLines;
    if (last && isNext && size <= room) {
      last.lines.push(line);
      room -= size;
    } else {
      batches.push({ lines: [line], first: index + 1 });
      room = batchBytes - size;
    }
  }
  return batches;
}
