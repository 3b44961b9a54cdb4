import type { Row } from '../protocol.js';
import { duration, element } from './element.js';

const marks: Readonly<Record<Row['kind'], string>> = {
  call: '',
  command: '→ Redis',
  push: '← Redis',
  log: 'log',
  logger: 'logger',
  redis: '',
  error: 'error',
};

/** What happened, a line each, in a column per process. */
export class Timeline {
  private readonly head = element('tr');
  private readonly body = element('tbody');
  readonly root = element(
    'table',
    { class: 'timeline' },
    element('caption', {}, 'What happens'),
    element('thead', {}, this.head),
    this.body,
  );
  private readonly lines = new Map<number, HTMLTableRowElement>();
  private rows: Row[] = [];
  private processes: string[] = [];
  commands = 0;

  constructor() {
    this.clear();
  }

  clear(): void {
    this.rows = [];
    this.processes = [];
    this.commands = 0;
    this.drawAll();
  }

  add(rows: readonly Row[]): void {
    const known = this.processes.length;
    for (const row of rows) this.keep(row);
    if (this.processes.length > known) return this.drawAll();
    for (const row of rows) this.draw(row);
  }

  private keep(row: Row): void {
    const place = this.rows.findLastIndex(({ id }) => id === row.id);
    if (place >= 0) {
      this.rows[place] = row;
      return;
    }
    this.rows.push(row);
    if (row.kind === 'command') this.commands += row.text.split('\n').length;
    if (row.process !== undefined && !this.processes.includes(row.process)) this.processes.push(row.process);
  }

  private drawAll(): void {
    const titles = this.processes.length > 0 ? this.processes.map((name) => `Process ${name}`) : ['Processes'];
    this.head.replaceChildren(...['Clock', ...titles].map((title) => element('th', { scope: 'col' }, title)));
    this.lines.clear();
    this.body.replaceChildren();
    for (const row of this.rows) this.draw(row);
  }

  private draw(row: Row): void {
    const line = element('tr', { class: `${row.kind}${row.isFailed ? ' failed' : ''}` });
    const time = element('td', { class: 'time' }, duration(row.at));
    const outcome =
      row.outcome === undefined
        ? []
        : [element('span', { class: 'outcome' }, `${row.isFailed ? '✗' : '⇒'} ${row.outcome}`)];
    const mark = marks[row.kind] === '' ? [] : [element('span', { class: 'mark' }, marks[row.kind])];
    const content = [...mark, element('code', {}, row.text), ...outcome];
    const { process } = row;
    if (process === undefined) {
      line.append(time, element('td', { colspan: String(Math.max(1, this.processes.length)) }, ...content));
    } else {
      const cells = this.processes.map((name) =>
        name === process ? element('td', { 'data-process': name }, ...content) : element('td', { class: 'empty' }),
      );
      line.append(time, ...cells);
    }
    const known = this.lines.get(row.id);
    if (known) known.replaceWith(line);
    else this.body.append(line);
    this.lines.set(row.id, line);
  }
}
