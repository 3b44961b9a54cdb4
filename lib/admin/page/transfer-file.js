import { ApiError } from './api.js';

/** @import { ImportSummary, LineProblem } from '../transfer/import-keys.js' */

/** Applications take bodies of 100 KB where they say nothing else; quotes of lines in a body take room, too. */
const batchBytes = 60_000;
const batchLines = 200;
/** A file of which so many lines cannot be taken is not the right one. */
const mostProblems = 1000;
const mostTold = 10;

/** Lines that are sent together, and the number of the first in the file. @typedef {{ lines: string[], first: number }} Batch */

/**
 * A file that was understood, and what it would do.
 *
 * @typedef {object} Plan
 * @property {readonly Batch[]} batches
 * @property {number} keys
 * @property {number} existing
 * @property {Readonly<Record<string, number>>} types
 * @property {readonly LineProblem[]} problems of the lines that cannot be taken
 */

/**
 * Has the application look at a file, part by part.
 *
 * @param {string} text
 * @param {(lines: string[], first: number) => Promise<ImportSummary>} check
 * @returns {Promise<Plan>}
 * @throws Error where nothing of it can be taken
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
    // The others keep their numbers.
    for (const { line } of summary.problems) lines[line - first] = '';
    if (problems.length > mostProblems)
      throw new Error(textOf(`Over ${mostProblems} lines cannot be taken.`, problems));
  }
  if (keys === 0) throw new Error(textOf('The file holds no keys that can be taken.', problems));
  const left = batches.filter(({ lines }) => lines.some((line) => line !== ''));
  return { batches: left, keys, existing, types, problems };
}

/**
 * A line that is sent by itself, and is more than the application accepts.
 *
 * @param {unknown} error
 * @param {readonly string[]} lines
 * @param {number} line
 * @returns {ImportSummary}
 */
function tooLong(error, lines, line) {
  if (!(error instanceof ApiError) || error.status !== 413 || lines.length > 1) throw error;
  const message = 'It is longer than the application accepts: its limit of bodies is to be raised';
  return { keys: 0, existing: 0, types: {}, problems: [{ line, message }] };
}

/**
 * @param {string} title
 * @param {readonly LineProblem[]} problems
 */
const textOf = (title, problems) =>
  [title, ...problems.slice(0, mostTold).map(({ line, message }) => `Line ${line}: ${message}`)].join('\n');

/**
 * Sends all of them, one after the other; where it has failed, it goes on from there.
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
