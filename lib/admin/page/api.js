/**
 * Sends requests to the controllers of the page.
 *
 * @import { CachesAnswer } from '../caches.controller.js'
 * @import { ValueView } from '../entries/value-view.js'
 */

import { inAddress } from './place.js';

const root = new URL('../api/', import.meta.url);

/** An answer that reports an error. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {ValueView} [current] the current value, if it has changed meanwhile
   */
  constructor(message, status, current) {
    super(message);
    this.status = status;
    this.current = current;
  }
}

/** @type {Readonly<Record<number, string>>} */
const reasons = {
  401: 'Please sign in again, and reload the page.',
  403: 'That is not allowed.',
  404: 'It no longer exists.',
  413: 'The value is larger than the application accepts.',
  431: 'The name is longer than the application accepts in an address.',
  503: 'The server behind the cache does not answer.',
};

/**
 * @template Answer the type of the answer at this path
 * @param {URL} path
 * @param {RequestInit} [init]
 * @returns {Promise<Answer>}
 */
async function call(path, init) {
  const response = await answered(path, init);
  const body = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body;
  throw refusal(response, body);
}

/**
 * @param {URL} path
 * @param {RequestInit} [init]
 */
async function answered(path, init) {
  try {
    const response = await fetch(path, { redirect: 'manual', ...init });
    if (response.type !== 'opaqueredirect') return response;
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new ApiError('The application does not answer.', 0);
  }
  // It leads to a page to sign in.
  throw new ApiError(reasons[401] ?? '', 401);
}

/**
 * @param {Response} response
 * @param {{ readonly message?: string | readonly string[], readonly current?: ValueView } | undefined} body
 */
function refusal(response, body) {
  const { message, current } = body ?? {};
  const said = typeof message === 'object' ? message.join(', ') : message;
  return new ApiError(
    said || reasons[response.status] || `The application answered ${response.status}.`,
    response.status,
    current,
  );
}

/**
 * The address of a request about one cache; `path` is below it.
 *
 * @param {string} cache
 * @param {string} path
 */
export const urlOf = (cache, path = '') => new URL(`caches/${encodeURIComponent(cache)}${path}`, root);

/**
 * @template Answer
 * @param {URL} url
 * @param {Readonly<Record<string, string | number | undefined>>} query
 * @returns {Promise<Answer>}
 */
export const get = (url, query = {}) => call(withQuery(url, query));

/**
 * @param {URL} url
 * @param {Readonly<Record<string, string | number | undefined>>} query
 */
function withQuery(url, query) {
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    const [word, text] = name === 'key' ? inAddress(String(value)) : [name, String(value)];
    url.searchParams.set(word, text);
  }
  return url;
}

/** @returns {Promise<CachesAnswer>} */
export const allCaches = () => call(new URL('caches', root));

/**
 * Sends a change, with a header that other sites cannot send.
 *
 * @template Answer
 * @param {URL} url
 * @param {object} body
 * @returns {Promise<Answer>}
 */
export const post = (url, body) => call(url, changeOf(body));

/** @param {object} body */
const changeOf = (body) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-cachex-admin': '1' },
  body: JSON.stringify(body),
});

/**
 * Sends a change that streams its progress up to its end. The change stops if the signal aborts.
 *
 * @template {object} Line
 * @param {URL} url
 * @param {object} body
 * @param {AbortSignal} signal
 * @param {(line: Line) => void} hear
 */
export async function postLong(url, body, signal, hear) {
  let hasEnded = false;
  /** @param {Line} line */
  const hearEnd = (line) => {
    hasEnded ||= 'isDone' in line;
    hear(line);
  };
  await hearLines(await answered(url, { ...changeOf(body), signal }), hearEnd);
  if (!hasEnded) gone();
}

/**
 * Follows a stream of lines until the signal aborts.
 *
 * @template Line
 * @param {URL} url
 * @param {Readonly<Record<string, string | number | undefined>>} query
 * @param {AbortSignal} signal
 * @param {(line: Line) => void} hear
 */
export async function follow(url, query, signal, hear) {
  await hearLines(await answered(withQuery(url, query), { signal }), hear);
}

/** @type {() => never} */
const gone = () => {
  throw new ApiError('The application has gone away.', 0);
};

/**
 * @template Line
 * @param {Response} response
 * @param {(line: Line) => void} hear
 */
async function hearLines(response, hear) {
  if (!response.ok || !response.body) throw refusal(response, await response.json().catch(() => undefined));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value = '' } = await reader.read().catch(gone);
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(JSON.parse(line));
    if (done) return;
  }
}
