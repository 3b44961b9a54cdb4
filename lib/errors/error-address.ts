const address = /(?:\n|\.? )See docs\/errors\.md#CACHEX_\w+$/;

/** The message of an error, ending with the address of its explanation. A user's own class may have no code here. */
export function withAddress(message: string, code: string | undefined): string {
  if (code === undefined) return message;
  const text = withoutAddress(message);
  return `${text}${separatorAfter(text)}See docs/errors.md#${code}`;
}

/** The message of an error as part of another text, which has an address of its own or needs none. */
export function withoutAddress(message: string): string {
  return message.replace(address, '');
}

function separatorAfter(text: string): string {
  if (text.includes('\n')) return '\n';
  return /[.!?]$/.test(text) ? ' ' : '. ';
}
