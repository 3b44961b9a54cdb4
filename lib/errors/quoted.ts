/**
 * Characters that break lines, control a terminal or change the direction of writing: with these in a key, somebody
 * could forge lines of a log.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text from elsewhere, such as the message of a server, on one line of a log or an error. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** A name from elsewhere, in quotes: a key, a tag, a stream, a consumer. */
export function quoted(name: string): string {
  return printable(JSON.stringify(name));
}

function escaped(character: string): string {
  const hex = character.codePointAt(0)!.toString(16);
  return SHORT[character] ?? (hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`);
}
