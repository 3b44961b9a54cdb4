/** Replaces the text between the marks of that name. */
export function replaced(text, name, written) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [before, rest] = text.split(start);
  if (rest === undefined) throw new Error(`The page has no ${start}`);
  return `${before}${start}\n\n${written}\n\n${end}${rest.split(end)[1]}`;
}

/** Rows of cells, the head first; `align` is the Markdown of a column but the first. */
export function markdownTable([head, ...rows], align = '-') {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '-' : align))), ...rows.map(line)].join('\n');
}

/** When, on what and how undisturbed a part was measured. */
export const runOf = ({ node, cpu, server }, { at, stealPercent, isQuick }) =>
  `${isQuick ? 'A short trial (`--quick`): ' : ''}${at.slice(0, 10)}, Node ${node}, server ${/v=([\d.]+)/.exec(server)?.[1] ?? server}, ${cpu}; ` +
  `the host gave ${stealPercent} % of the processors to others.`;
