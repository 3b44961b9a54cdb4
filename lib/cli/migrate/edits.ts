import type ts from 'typescript';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Something to migrate by hand. */
export interface Note {
  readonly line: number;
  readonly text: string;
}

/** Changes of one source file, by position, and notes on what stays as it is. */
export class Edits {
  readonly notes: Note[] = [];
  private readonly edits: Edit[] = [];

  constructor(private readonly source: ts.SourceFile) {}

  replace(node: ts.Node, text: string): void {
    this.edits.push({ start: node.getStart(this.source), end: node.end, text });
  }

  insert(position: number, text: string): void {
    this.edits.push({ start: position, end: position, text });
  }

  /** Removes a node and the white space after it, and the line break if the line has nothing else. */
  remove(node: ts.Node): void {
    const { text } = this.source;
    const start = node.getStart(this.source);
    let end = node.end;
    while (text[end] === ' ') end++;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const isAlone = text.slice(lineStart, start).trim() === '' && /[\r\n]/.test(text[end] ?? '\n');
    if (!isAlone) this.edits.push({ start, end, text: '' });
    else this.edits.push({ start: lineStart, end: text.indexOf('\n', end) + 1 || text.length, text: '' });
  }

  /** Removes an element of a list, with one of its commas. */
  removeFromList(node: ts.Node, list: readonly ts.Node[]): void {
    const index = list.indexOf(node);
    const [before, after] = [list[index - 1], list[index + 1]];
    if (after) this.edits.push({ start: node.getStart(this.source), end: after.getStart(this.source), text: '' });
    else this.edits.push({ start: before ? before.end : node.getStart(this.source), end: node.end, text: '' });
  }

  note(node: ts.Node, text: string): void {
    const { line } = this.source.getLineAndCharacterOfPosition(node.getStart(this.source));
    this.notes.push({ line: line + 1, text });
  }

  cut(start: number, end: number): void {
    this.edits.push({ start, end, text: '' });
  }

  get isEmpty(): boolean {
    return this.edits.length === 0;
  }

  /** The text of a node, with the edits inside it. */
  textOf(node: ts.Node): string {
    return this.applied(node.getStart(this.source), node.end);
  }

  apply(): string {
    return this.applied(0, this.source.text.length);
  }

  /** Without edits inside another edit, whose text includes them already. */
  private applied(start: number, end: number): string {
    const inside = this.edits.filter((edit) => edit.start >= start && edit.end <= end);
    const outermost = inside.filter(
      (edit, index) => !inside.some((other, at) => at !== index && holds(other, edit, at > index)),
    );
    let text = '';
    let position = start;
    for (const edit of outermost.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
      text += this.source.text.slice(position, edit.start) + edit.text;
      position = edit.end;
    }
    return text + this.source.text.slice(position, end);
  }
}

/** If both edits cover the same range, the later one contains the other. */
const holds = (outer: Edit, inner: Edit, isLater: boolean): boolean =>
  outer.start <= inner.start &&
  outer.end >= inner.end &&
  (outer.end - outer.start > inner.end - inner.start || (isLater && outer.end > outer.start));
