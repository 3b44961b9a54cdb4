/** A plot as SVG with logarithmic axes: linear growth is a straight line along the diagonal of a decade. */

const size = { width: 760, height: 400 };
const area = { left: 64, top: 36, right: 540, bottom: 348 };
const colours = ['#2f6fde', '#c8601a', '#17865c', '#b5368b', '#7a56d6', '#8a7a12'];

/** The picture has its own background, so that it is readable on light and dark pages. */
const style = `
  .ground { fill: #ffffff } text { font: 12px system-ui, sans-serif; fill: #333333 }
  .grid { stroke: #dddddd } .line { fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #1b1f24 } text { fill: #d0d4da } .grid { stroke: #3a4048 }
  }`;

const count = (number) => number.toLocaleString('en', { maximumSignificantDigits: 3 });
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Whole decades that include all values. */
function decades(numbers) {
  const known = numbers.filter((number) => number > 0);
  const from = Math.floor(Math.log10(Math.min(...known)));
  return { from, to: Math.max(from + 1, Math.ceil(Math.log10(Math.max(...known)))) };
}

const ticks = ({ from, to }) => Array.from({ length: to - from + 1 }, (_, n) => 10 ** (from + n));

/** Lines over powers of two have a tick for each point; zero stands one step before the first. */
function horizontal(xs) {
  const first = xs.find((x) => x > 0);
  const placeOf = (x) => Math.log(x === 0 ? first / 2 : x);
  const [low, high] = [placeOf(xs[0]), placeOf(xs.at(-1))];
  return (x) => area.left + ((placeOf(x) - low) / (high - low)) * (area.right - area.left);
}

function vertical({ from, to }) {
  return (y) => area.bottom - ((Math.log10(y) - from) / (to - from)) * (area.bottom - area.top);
}

/** Lines of the same thing share a colour: its cost is a solid line, its waiting time a dashed one. */
function looks(names) {
  const things = [...new Set(names.map((name) => name.replace(/, p\d+$|, CPU$/, '')))];
  return (name) => ({
    colour: colours[things.indexOf(name.replace(/, p\d+$|, CPU$/, '')) % colours.length],
    dash: { p99: '6 4', p50: '2 3' }[/p\d+$/.exec(name)?.[0]] ?? 'none',
  });
}

export function plot({ title, axis, unit, plotted }, points) {
  const xs = points.map(({ x }) => x);
  const span = decades(points.flatMap((point) => plotted.map((name) => point[name])));
  const [atX, atY, look] = [horizontal(xs), vertical(span), looks(plotted)];
  const parts = [];
  for (const y of ticks(span)) {
    parts.push(`<line class="grid" x1="${area.left}" x2="${area.right}" y1="${atY(y)}" y2="${atY(y)}"/>`);
    parts.push(`<text x="${area.left - 8}" y="${atY(y) + 4}" text-anchor="end">${count(y)}</text>`);
  }
  for (const x of xs) {
    parts.push(`<line class="grid" x1="${atX(x)}" x2="${atX(x)}" y1="${area.top}" y2="${area.bottom}"/>`);
    parts.push(`<text x="${atX(x)}" y="${area.bottom + 18}" text-anchor="middle">${count(x)}</text>`);
  }
  for (const [index, name] of plotted.entries()) {
    const { colour, dash } = look(name);
    const line = points.map((point) => `${atX(point.x).toFixed(1)},${atY(point[name]).toFixed(1)}`).join(' ');
    const y = area.top + 12 + index * 22;
    const drawn = `stroke="${colour}" stroke-dasharray="${dash}"`;
    parts.push(`<polyline class="line" ${drawn} points="${line}"/>`);
    parts.push(`<line class="line" ${drawn} x1="${area.right + 16}" x2="${area.right + 48}" y1="${y}" y2="${y}"/>`);
    parts.push(`<text x="${area.right + 56}" y="${y + 4}">${escaped(name)}</text>`);
  }
  const middle = (area.left + area.right) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escaped(`${title}: ${unit} by ${axis}`)}">`,
    `<style>${style}\n</style>`,
    `<rect class="ground" width="${size.width}" height="${size.height}" rx="6"/>`,
    ...parts,
    `<text x="${area.left - 8}" y="20" text-anchor="end">${escaped(unit)}</text>`,
    `<text x="${middle}" y="${size.height - 10}" text-anchor="middle">${escaped(axis)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}
