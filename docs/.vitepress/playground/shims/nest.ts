import { journal } from '../engine/journal.js';

/** Nest's logger, into the journal of the page. */
export class Logger {
  constructor(private readonly context = '') {}

  log(message: string): void {
    this.write(message);
  }

  warn(message: string): void {
    this.write(message);
  }

  error(message: string): void {
    this.write(message);
  }

  debug(): void {}

  private write(message: string): void {
    journal.add({ kind: 'logger', process: this.context, text: message });
  }
}

const decorator = () => (): void => undefined;
export { decorator as Inject, decorator as Injectable, decorator as Module };
export const Scope = { DEFAULT: 0, TRANSIENT: 1, REQUEST: 2 };
