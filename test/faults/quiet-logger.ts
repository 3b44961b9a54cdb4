import { Logger } from '@nestjs/common';

/** Keeps the log of the library: these outages are intended, and need not be printed. */
export class QuietLogger extends Logger {
  readonly lines: string[] = [];

  override warn(message: unknown): void {
    this.lines.push(String(message));
  }

  override log(message: unknown): void {
    this.lines.push(String(message));
  }
}
