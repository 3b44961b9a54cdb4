import { post, urlOf } from './api.js';
import { ask } from './dialog.js';
import { timeoutOf } from './format.js';
import { checkedTyped } from './typed.js';

/** @import { Where } from './place.js' */

/**
 * The types of new keys, with examples of their contents.
 *
 * @type {readonly (readonly [type: string, text: string, template: string])[]}
 */
const kinds = [
  ['string', 'string: any value', '""'],
  ['counter', 'counter: a whole number', '0'],
  ['hash', 'hash: fields', '{"field": "value"}'],
  ['list', 'list: elements', '["first", "second"]'],
  ['set', 'set: members', '["one", "other"]'],
  ['zset', 'sorted set: members with scores', '[["member", 1.5]]'],
  ['stream', 'stream: its first entry', '{"field": "value"}'],
];

/**
 * Asks for a new key and creates it.
 *
 * @param {string} cache
 * @param {Where} where
 * @returns {Promise<string | undefined>} the name of the created key
 */
export async function createKey(cache, where) {
  const made = { name: '' };
  const isDone = await ask({
    title: 'New key',
    fields: [
      { name: 'key', label: 'Key' },
      {
        name: 'type',
        label: 'Type',
        choices: kinds.map(([type, text]) => /** @type {const} */ ([type, text])),
        changed: (type, { value: area }) => {
          if (!area || kinds.every(([, , template]) => template !== area.value)) return;
          area.value = kinds.find(([each]) => each === type)?.[2] ?? '';
        },
      },
      { name: 'value', label: 'Value (JSON with types)', kind: 'json', value: '""' },
      {
        name: 'timeout',
        label: 'Time to live',
        hint: '5m, 1h 30m, or seconds; “never”; empty: the default of the cache for strings, never for collections',
        isOptional: true,
      },
    ],
    action: 'Create',
    run: async ({ key, type, value, timeout }) => {
      const lasting = timeout.trim() === 'never' ? null : timeoutOf(timeout);
      const body = { key, type, typed: checkedTyped(value), ...where, ...(timeout.trim() && { timeout: lasting }) };
      await post(urlOf(cache, '/entry/create'), body);
      made.name = key;
    },
  });
  return isDone ? made.name : undefined;
}
