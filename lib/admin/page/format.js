const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** `2h 5m`: the two largest units. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const first = units.findIndex(([, size]) => ms >= size);
  return units
    .slice(first, first + 2)
    .map(([unit, size], index) => [Math.floor((index === 0 ? ms : ms % units[first][1]) / size), unit])
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}

/** As PTTL tells it; -2 is an entry that is only kept. */
export const timeToLive = (ms) => (ms === -1 ? 'never' : ms < 0 ? 'over' : duration(ms));

export const instant = (ms) => new Date(Date.now() + ms).toLocaleString();

export function bytes(count) {
  if (!Number.isFinite(count)) return 'unknown';
  const power = count < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(count) / 10));
  return `${(count / 1024 ** power).toLocaleString(undefined, { maximumFractionDigits: power && 1 })} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

export const number = (count) => (Number.isFinite(count) ? count.toLocaleString() : 'unknown');

export function hitRatio({ hits, misses }) {
  const all = hits + misses;
  return all === 0
    ? 'no reads yet'
    : `${((100 * hits) / all).toLocaleString(undefined, { maximumFractionDigits: 1 })} %`;
}

/** Sixteen bytes a line: where they are, what they are, and what they would be as text. */
export function hexDump(hex) {
  const lines = [];
  for (let at = 0; at < hex.length; at += 32) {
    const pairs = hex.slice(at, at + 32).match(/../g);
    const text = pairs
      .map((pair) => parseInt(pair, 16))
      .map((code) => (code > 31 && code < 127 ? String.fromCharCode(code) : '·'));
    lines.push(`${(at / 2).toString(16).padStart(6, '0')}  ${pairs.join(' ').padEnd(47)}  ${text.join('')}`);
  }
  return lines.join('\n');
}

/** What a field of the page means as a timeout: bare numbers are seconds. */
export function timeoutOf(text) {
  const trimmed = text.trim();
  return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** JSON whose numbers JavaScript can hold. */
export function parseJson(text) {
  try {
    return JSON.parse(text, (_, value, context) => {
      if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')) {
        throw new RangeError(`${context.source} is too large for a number: it would be rounded`);
      }
      return value;
    });
  } catch (error) {
    throw new Error(error instanceof RangeError ? error.message : `This is not JSON: ${error.message}`, {
      cause: error,
    });
  }
}
