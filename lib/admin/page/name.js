import { el } from './dom.js';

/**
 * Letters that are invisible or misleading: controls, directions, joiners, unusual spaces, invalid bytes, and an accent
 * without a letter. U+FE0F belongs to many emoji.
 */
const letters = String.raw`(?!(?<=\p{Extended_Pictographic})\u{fe0f}|\u{fe0f}\u{20e3})(?:[\p{Cc}\p{Cf}\p{Cs}\p{DI}\p{Zl}\p{Zp}\u{a0}\u{2000}-\u{200a}\u{202f}\u{205f}\u{2800}\u{3000}]|^\p{M})`;
const hidden = new RegExp(`${letters}|^ +| +$`, 'gu');
/** The same letters in a text of several lines. */
const hiddenInLines = new RegExp(String.raw`(?![\n\t])(?:${letters})| +$`, 'gmu');
/** Further marks are written as text, because elements use memory. */
const mostMarks = 2000;

/**
 * Shows a name. Marks replace invisible letters and surrounding blanks.
 *
 * @param {string} text
 */
export const shownName = (text) => el('bdi', {}, marked(text, hidden));

/**
 * Shows a value, a text of several lines, with such marks.
 *
 * @param {string} text
 */
export const shownText = (text) => marked(text, hiddenInLines);

/**
 * Writes such marks as plain text, for example in a title.
 *
 * @param {string} text
 */
export const plainName = (text) => text.replaceAll(hidden, (found) => `[${codeOf(found)}]`);

/**
 * Escapes invisible letters in JSON. Between its strings, JSON has only blanks and line feeds.
 *
 * @param {string} json
 */
export const visibleJson = (json) =>
  json.replaceAll(hiddenInLines, (found) =>
    found.startsWith(' ') ? found : Array.from({ length: found.length }, (_, at) => escapeOf(found, at)).join(''),
  );

/**
 * @param {string} found
 * @param {number} at
 */
const escapeOf = (found, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`;

/**
 * @param {string} text
 * @param {RegExp} sought
 */
function marked(text, sought) {
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  let [end, count] = [0, 0];
  for (const { 0: letter, index } of text.matchAll(sought)) {
    if (++count > mostMarks) return [...parts, text.slice(end).replaceAll(sought, (each) => `[${codeOf(each)}]`)];
    parts.push(text.slice(end, index), el('mark', { class: 'hidden', title: 'not visible by itself' }, codeOf(letter)));
    end = index + letter.length;
  }
  return [...parts, text.slice(end)];
}

/**
 * The application represents an invalid byte by half a surrogate pair.
 *
 * @param {string} letter
 */
function codeOf(letter) {
  if (letter.startsWith(' ')) return '␣'.repeat(letter.length);
  const code = letter.codePointAt(0) ?? 0;
  const isByte = code >= 0xdc80 && code <= 0xdcff;
  return isByte ? `\\x${(code - 0xdc00).toString(16)}` : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
