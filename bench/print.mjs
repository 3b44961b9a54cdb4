const rounded = (value) => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

/**
 * For a contender: microseconds per call; its speed and its economy relative to ioredis; its processor time relative to
 * the floor.
 */
const columns = {
  time: ({ us }) => rounded(us),
  median: ({ median }) => rounded(median),
  processor: ({ cpu }) => rounded(cpu),
  '× ioredis': ({ ratio }) => ratio?.toFixed(2) ?? '',
  'processor ×': ({ cpuRatio }) => cpuRatio?.toFixed(2) ?? '',
  '× floor': ({ cpuOfFloor }) => cpuOfFloor?.toFixed(2) ?? '',
};

const line = (name, cells) => `  ${name.padEnd(38)}${cells.map((cell) => String(cell).padStart(12)).join('')}`;
const stolen = (percent) => (percent === null ? '' : `, ${percent} % of the processors stolen`);

/** For a curve: a line per level. */
function printCurve(label, points) {
  const names = Object.keys(points[0]);
  console.log(`\n${label}: ${names.slice(1).join(' | ')}`);
  for (const point of points)
    console.log(`  ${names.map((name) => String(rounded(point[name])).padStart(10)).join('')}`);
}

function printRow(label, row) {
  if (Array.isArray(row)) return printCurve(label, row);
  console.log(`\n${label}${row.contenders ? stolen(row.stealPercent) : ''}`);
  for (const [name, value] of Object.entries(row.contenders ?? row)) {
    const cells = row.contenders ? Object.values(columns).map((cell) => cell(value)) : [rounded(value)];
    console.log(line(name, cells));
  }
}

/** The rows of a part: of contenders, or of numbers by name. */
export function printPart(title, { seconds, stealPercent, rows }) {
  console.log(`\n${title} (measured for ${seconds} s${stolen(stealPercent)})`);
  if (Object.values(rows)[0].contenders) console.log(line('µs a call', Object.keys(columns)));
  for (const [label, row] of Object.entries(rows)) printRow(label, row);
}
