import { Logger } from '@nestjs/common';

/** Keeps what the library says, for outages are meant here and nobody wants to read of them. */
export class QuietLogger extends Logger {
  readonly lines: string[] = [];

  override warn(message: unknown): void {
    this.lines.push(String(message));
  }

  override log(message: unknown): void {
    this.lines.push(String(message));
  }
}
