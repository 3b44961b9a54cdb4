import type { State } from '../protocol.js';
import { duration, element } from './element.js';

function table(caption: string, titles: readonly string[], rows: readonly (readonly string[])[]): HTMLTableElement {
  return element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title)))),
    element(
      'tbody',
      {},
      ...rows.map(([first = '', ...others]) =>
        element('tr', {}, element('th', { scope: 'row' }, first), ...others.map((text) => element('td', {}, text))),
      ),
    ),
  );
}

/** What each process has counted, and what Redis holds. */
export function stateTables({ processes, keys, keyCount }: State): HTMLElement[] {
  const counted = processes.map(({ name, hits, local, misses, stale, errors }) =>
    [name, hits, local, misses, stale, errors].map(String),
  );
  const held = keys.map(({ key, type, ttlMs }) => [key, type, ttlMs === undefined ? 'never' : `in ${duration(ttlMs)}`]);
  const title = keyCount > keys.length ? `What Redis holds: ${keys.length} of ${keyCount} keys` : 'What Redis holds';
  return [
    table(
      'What each process has counted',
      ['Process', 'Hits', 'of copies', 'Misses', 'Stale copies', 'Errors'],
      counted,
    ),
    table(title, ['Key', 'Type', 'Ends'], held.length > 0 ? held : [['nothing', '', '']]),
  ];
}
