import { el } from './dom.js';
import { bytes, hexDump } from './format.js';

/** @import { EntryView as Entry } from '../entries/entries.js' */

/**
 * Shows the layers and bytes of a stored value.
 *
 * @param {Pick<Entry, 'raw' | 'codec'>} entry
 */
export function storedOf({ raw, codec }) {
  /** @type {(readonly [name: string, text: string] | false | undefined)[]} */
  const facts = codec
    ? [
        ['Stored', bytes(codec.storedBytes)],
        codec.plainBytes !== undefined && ['Serialized', bytes(codec.plainBytes)],
        ['Serializer', codec.serializer ?? 'not checked'],
        ['Compressor', codec.compressor ?? 'none'],
        ['Encrypted', codec.encrypted ? 'yes, for this key' : 'no'],
        codec.envelopeBytes > 0 && ['Of which for tags and grace', bytes(codec.envelopeBytes)],
      ]
    : [];
  const isCut = raw?.format === 'bytes' && 2 * raw.size > raw.hex.length;
  return el(
    'details',
    { class: 'stored' },
    el('summary', {}, 'As stored'),
    el(
      'dl',
      { class: 'tiles' },
      facts
        .filter((fact) => fact !== false && fact !== undefined)
        .map(([name, text]) => el('div', {}, el('dt', {}, name), el('dd', {}, text))),
    ),
    raw?.format === 'bytes' && el('pre', { class: 'code', tabindex: '0' }, hexDump(raw.hex)),
    isCut && el('p', { class: 'quiet' }, 'This is only the beginning.'),
  );
}
