import { ApiError } from './api.js';

/** @import { ImportSummary, LineProblem } from '../transfer/import-keys.js' */

/** By default, applications accept bodies of 100 KB, and quotes in JSON take additional room. */
const batchBytes = 60_000;
const batchLines = 200;
/** With so many refused lines, the file is probably the wrong one. */
const mostProblems = 1000;
const mostTold = 10;

/** Lines of one request, with the line number of the first. @typedef {{ lines: string[], first: number }} Batch */

/**
 * A parsed file, with the preview of its import.
 *
 * @typedef {object} Plan
 * @property {readonly Batch[]} batches
 * @property {number} keys
 * @property {number} existing
 * @property {Readonly<Record<string, number>>} types
 * @property {readonly LineProblem[]} problems of the refused lines
 */

/**
 * Previews the import of a file, part by part.
 *
 * @param {string} text
 * @param {(lines: string[], first: number) => Promise<ImportSummary>} check
 * @returns {Promise<Plan>}
 * @throws Error if no line can be imported
 */
export async function readImport(text, check) {
  const batches = batchesOf(text.replace(/^\ufeff/, '').split(/\r?\n/));
  /** @type {LineProblem[]} */
  const problems = [];
  /** @type {Record<string, number>} */
  const types = {};
  let [keys, existing] = [0, 0];
  for (const { lines, first } of batches) {
    const summary = await check(lines, first).catch((error) => tooLong(error, lines, first));
    keys += summary.keys;
    existing += summary.existing;
    for (const [type, count] of Object.entries(summary.types)) types[type] = (types[type] ?? 0) + count;
    problems.push(...summary.problems);
    // An empty line keeps the numbers of the others.
    for (const { line } of summary.problems) lines[line - first] = '';
    if (problems.length > mostProblems)
      throw new Error(textOf(`More than ${mostProblems} lines were refused.`, problems));
  }
  if (keys === 0) throw new Error(textOf('The file contains no keys to import.', problems));
  const left = batches.filter(({ lines }) => lines.some((line) => line !== ''));
  return { batches: left, keys, existing, types, problems };
}

/**
 * Explains the refusal of a single line that exceeds the application's limit.
 *
 * @param {unknown} error
 * @param {readonly string[]} lines
 * @param {number} line
 * @returns {ImportSummary}
 */
function tooLong(error, lines, line) {
  if (!(error instanceof ApiError) || error.status !== 413 || lines.length > 1) throw error;
  const message = 'The line is longer than the application accepts: raise its limit for request bodies';
  return { keys: 0, existing: 0, types: {}, problems: [{ line, message }] };
}

/**
 * @param {string} title
 * @param {readonly LineProblem[]} problems
 */
const textOf = (title, problems) =>
  [title, ...problems.slice(0, mostTold).map(({ line, message }) => `Line ${line}: ${message}`)].join('\n');

/**
 * Sends all batches one after another; after a failure, it continues at the failed batch.
 *
 * @param {Plan} plan
 * @param {{ readonly isStopped: boolean, sent: number }} state
 * @param {(lines: string[], first: number) => Promise<void>} send
 */
export async function sendImport({ batches }, state, send) {
  for (const { lines, first } of batches.slice(state.sent)) {
    if (state.isStopped) return;
    await send(lines, first);
    state.sent++;
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
    // The lines of a batch have consecutive numbers.
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
