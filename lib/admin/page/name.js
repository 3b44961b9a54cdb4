import { el } from './dom.js';

/** What nobody sees, or takes for something else: controls, directions, joiners, odd spaces, bytes that are no text. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{34f}\u{a0}\u115f\u1160\u2000-\u200a\u202f\u205f\u2800\u3000\u3164]/gu;

/**
 * A name, with a mark in the place of each letter that is not to be seen.
 *
 * @param {string} text
 */
export function shownName(text) {
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  let end = 0;
  for (const { 0: letter, index } of text.matchAll(hidden)) {
    parts.push(text.slice(end, index), el('mark', { class: 'hidden', title: 'not visible by itself' }, codeOf(letter)));
    end = index + letter.length;
  }
  return el('bdi', {}, [...parts, text.slice(end)]);
}

/**
 * Of a byte that is no text, the application names it by half of a surrogate pair.
 *
 * @param {string} letter
 */
function codeOf(letter) {
  const code = letter.codePointAt(0) ?? 0;
  const isByte = code >= 0xdc80 && code <= 0xdcff;
  return isByte ? `\\x${(code - 0xdc00).toString(16)}` : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
