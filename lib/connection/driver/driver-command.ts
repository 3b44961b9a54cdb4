import type { WireArgument } from '../../wire/connection-pool.js';
import type { GatheredReplies } from './gathered-replies.js';
import { ownCommand, type SentCommand } from './internals.js';
import { Packet } from './packet.js';

/**
 * A command for the driver whose arguments are encoded, and whose reply stays as it is. Half of the cost of a call in
 * the driver is what its own command class does before and after.
 */
export class DriverCommand implements SentCommand {
  /** In lower case: the driver compares it. */
  readonly name: string;
  readonly promise: Promise<unknown>;
  /** Its place among the replies. */
  private readonly place: number;
  isTraced = false;
  wasSent = false;
  isSettled = false;
  inTransaction = false;
  private fulfil!: (reply: unknown) => void;
  private refuse!: (error: Error) => void;

  constructor(
    name: string,
    readonly args: readonly WireArgument[],
    /** Where its reply goes, if it is sent with others: an error, too, as that of one of many is nobody's exception yet. */
    private readonly replies?: GatheredReplies,
  ) {
    this.name = lowerCase(name);
    this.place = replies ? replies.takePlace() : 0;
    this.promise = replies
      ? replies.promise
      : new Promise((fulfil, refuse) => {
          this.fulfil = fulfil;
          this.refuse = refuse;
        });
  }

  resolve(reply: unknown): void {
    this.isSettled = true;
    if (this.replies) this.replies.put(this.place, reply);
    else this.fulfil(reply);
  }

  reject(error: Error): void {
    this.isSettled = true;
    if (this.replies) this.replies.put(this.place, error);
    else this.refuse(error);
  }

  /** Called by the driver with its `commandTimeout`. */
  setTimeout(_ms: number): void {}

  setReplyContext(): void {
    // Replies have the shapes of RESP2.
  }

  /**
   * The driver passes the result to `write` of the stream, which accepts the command itself while it gathers a batch.
   */
  toWritable(stream: object): string | Buffer | DriverCommand {
    this.wasSent = true;
    if ('takesCommands' in stream) return this;
    const packet = new Packet();
    this.encode(packet);
    return packet.take();
  }

  /** In the format of Redis: `*2\r\n$3\r\nget\r\n$1\r\na\r\n`. */
  encode(packet: Packet): void {
    const { name, args } = this.isSettled ? nothing : this;
    let text = `*${args.length + 1}\r\n$${name.length}\r\n${name}\r\n`;
    let isAscii = true;
    for (const arg of args) {
      if (typeof arg === 'string') {
        const length = Buffer.byteLength(arg);
        isAscii &&= length === arg.length;
        text += `$${length}\r\n${arg}\r\n`;
      } else {
        packet.addText(`${text}$${arg.length}\r\n`, isAscii);
        packet.addBytes(arg);
        text = '\r\n';
        isAscii = true;
      }
    }
    packet.addText(text, isAscii);
  }
}

/**
 * Takes the place of a command that was given up before it was written. A driver that queues commands expects one reply
 * per command.
 */
const nothing = { name: 'ping', args: [] as readonly WireArgument[] };

Object.setPrototypeOf(DriverCommand.prototype, ownCommand);

const names = new Map<string, string>();

function lowerCase(name: string): string {
  let lower = names.get(name);
  if (lower === undefined) names.set(name, (lower = name.toLowerCase()));
  return lower;
}
