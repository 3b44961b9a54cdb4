/** A deletion on the admin page, which explains a lower hit rate. */
export interface ChangeMark {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly action: string;
  readonly user?: string;
  readonly key?: string;
  readonly pattern?: string;
  readonly deleted?: number;
}

const mostMarks = 100;

/** Records deletions from one cache by this process's page. */
export class ChangeMarks {
  private readonly marks: ChangeMark[] = [];

  add(mark: ChangeMark): void {
    this.marks.push(mark);
    if (this.marks.length > mostMarks) this.marks.shift();
  }

  all(): readonly ChangeMark[] {
    return this.marks;
  }
}
