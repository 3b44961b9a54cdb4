import { Command } from 'ioredis';
import type { WireArgument } from './connection-pool.js';

/**
 * A command for the driver whose arguments are ready, and whose reply stays as it is. Half of what a call costs in the
 * driver is what its own class does before and after.
 */
export class DriverCommand {
  /** In lower case, as the driver compares it. */
  readonly name: string;
  readonly promise: Promise<unknown>;
  isTraced = false;
  isSettled = false;
  inTransaction = false;
  private fulfil!: (reply: unknown) => void;
  private refuse!: (error: Error) => void;

  constructor(
    name: string,
    readonly args: readonly WireArgument[],
  ) {
    this.name = lowerCase(name);
    this.promise = new Promise((fulfil, refuse) => {
      this.fulfil = fulfil;
      this.refuse = refuse;
    });
  }

  resolve(reply: unknown): void {
    this.isSettled = true;
    this.fulfil(reply);
  }

  reject(error: Error): void {
    this.isSettled = true;
    this.refuse(error);
  }

  /** Called by the driver with the time of its options. */
  setTimeout(_ms: number): void {}

  setReplyContext(): void {
    // Replies are as RESP2 has them.
  }

  toWritable(): string | Buffer {
    return encode(this.name, this.args);
  }

  /** As the driver's types have it. */
  get driven(): Command {
    return this as unknown as Command;
  }
}

// What else a driver may ask of a command.
Object.setPrototypeOf(DriverCommand.prototype, Command.prototype);

const names = new Map<string, string>();

function lowerCase(name: string): string {
  let lower = names.get(name);
  if (lower === undefined) names.set(name, (lower = name.toLowerCase()));
  return lower;
}

/** A command as Redis reads it: `*2\r\n$3\r\nget\r\n$1\r\na\r\n`. */
function encode(name: string, args: readonly WireArgument[]): string | Buffer {
  let text = `*${args.length + 1}\r\n$${name.length}\r\n${name}\r\n`;
  let data: Buffer | undefined;
  let end = 0;
  for (const arg of args) {
    if (typeof arg === 'string') {
      text += `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`;
    } else {
      data ??= Buffer.allocUnsafe(greatestLength(args));
      end += data.write(`${text}$${arg.length}\r\n`, end);
      end += arg.copy(data, end);
      text = '\r\n';
    }
  }
  if (!data) return text;
  return data.subarray(0, end + data.write(text, end));
}

/** What the longest name and the longest number may take, and `$`, `*` and line ends. */
const around = 64;
const bytesPerUnit = 3;

function greatestLength(args: readonly WireArgument[]): number {
  let length = around;
  for (const arg of args) length += around + (typeof arg === 'string' ? arg.length * bytesPerUnit : arg.length);
  return length;
}
