/** Longer texts are cut. */
const longest = 160;

/** A value on one line, as it is written in code. */
export function show(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return value.name ? value.name : '() => …';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message.split(': docs/errors')[0]}`;
  if (value instanceof Date) return value.toISOString();
  if (depth > 3) return '…';
  if (Buffer.isBuffer(value)) return showBytes(value);
  const shown = (items: Iterable<unknown>): string[] => [...items].map((item) => show(item, depth + 1));
  if (Array.isArray(value)) return `[${shown(value).join(', ')}]`;
  if (value instanceof Set) return `Set { ${shown(value).join(', ')} }`;
  if (value instanceof Map) {
    return `Map { ${[...value].map((pair) => shown(pair).join(' => ')).join(', ')} }`;
  }
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${show(field, depth + 1)}`);
  const { constructor } = value;
  const title = constructor === Object || !constructor?.name ? '' : `${constructor.name} `;
  return fields.length > 0 ? `${title}{ ${fields.join(', ')} }` : `${title}{}`;
}

/** What goes over the wire: text where it is one. */
export function showBytes(bytes: Buffer): string {
  const text = bytes.toString();
  // oxlint-disable-next-line eslint/no-control-regex -- what cannot be shown is looked for
  return /[\u0000-\u001f\u007f\ufffd]/.test(text) ? `<${bytes.length} bytes>` : text;
}

export const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
