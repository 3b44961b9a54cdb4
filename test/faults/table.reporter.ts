import type { Reporter, TestModule } from 'vitest/node';
import type { FaultRow } from './fault-row.js';

const columns: readonly (readonly [title: string, cell: (row: FaultRow) => string | number])[] = [
  ['fault', ({ fault }) => fault],
  ['calls', ({ calls }) => calls],
  [
    'failed, with',
    ({ failed }) =>
      Object.entries(failed)
        .map(([code, count]) => `${count} \`${code}\``)
        .join(', ') || 0,
  ],
  ['slowest failure', ({ slowestFailureMs }) => `${slowestFailureMs} ms`],
  ['first success', ({ firstSuccessMs, since }) => `${firstSuccessMs} ms after ${since}`],
  ['longest without a write', ({ longestGapMs }) => `${longestGapMs} ms`],
  ['acknowledged writes lost', ({ lost, acknowledged, promise }) => `${lost} of ${acknowledged} (${promise})`],
];

/** Prints the effects of the faults as a Markdown table if `CACHEX_FAULT_TABLE` is set. */
export default class FaultTableReporter implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[]): void {
    if (!process.env.CACHEX_FAULT_TABLE) return;
    const onOldest = testModules.filter(({ project }) => project.name === 'specs');
    const tests = onOldest.flatMap((testModule) => [...testModule.children.allTests()]);
    const rows = tests.map((test) => test.meta().fault).filter((row) => row !== undefined);
    const lines = [
      columns.map(([title]) => title),
      columns.map(() => '---'),
      ...rows.map((row) => columns.map(([, cell]) => cell(row))),
    ];
    process.stdout.write(`\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n`);
  }
}
