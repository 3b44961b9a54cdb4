import type { Row } from '../protocol.js';
import { clock } from './clock.js';

type Line = Omit<Row, 'id' | 'at' | 'outcome' | 'isFailed'>;

/** Adds what came of a line. */
export type End = (outcome: string, isFailed?: boolean) => void;

const mostRows = 1000;

/** What happens, for the page. */
class Journal {
  private lastId = 0;
  private left = mostRows;
  private rows: Row[] = [];

  /** For a new run. */
  begin(): void {
    this.left = mostRows;
  }

  add(line: Line & Pick<Row, 'outcome' | 'isFailed'>): void {
    if (this.hasRoom()) this.rows.push({ id: this.place(), at: clock.nowMs, ...line });
  }

  /** The place of a line that is added later. */
  place(): number {
    return ++this.lastId;
  }

  /** A line whose outcome is known later. */
  open(line: Line, id = this.place()): End {
    if (!this.hasRoom()) return () => undefined;
    const row = { id, at: clock.nowMs, ...line };
    this.rows.push(row);
    return (outcome, isFailed = false) => this.rows.push({ ...row, outcome, isFailed });
  }

  /** What the page does not know yet. */
  take(): readonly Row[] {
    const { rows } = this;
    this.rows = [];
    return rows.toSorted((one, other) => one.id - other.id);
  }

  private hasRoom(): boolean {
    if (this.left < 0) return false;
    if (--this.left >= 0) return true;
    const text = `More than ${mostRows} lines: the rest is not shown`;
    this.rows.push({ id: this.place(), at: clock.nowMs, kind: 'error', text });
    return false;
  }
}

export const journal = new Journal();
