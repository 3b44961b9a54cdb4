import type { Socket } from 'node:net';
import { errorText } from '../../errors/error-text.js';
import { onAbort } from '../../waiting/on-abort.js';
import { notNow } from '../../wire/server-errors.js';
import { isReply, withoutArguments } from './driver-errors.js';
import type { Endpoint } from './endpoint.js';
import { isLoginRefused } from './log-in.js';
import { openSocket } from './open-socket.js';
import { PushParser } from './push-parser.js';
import { ProtocolError } from './reply-parser.js';

interface Waiting {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

interface Settings {
  /** How long the server has for an answer; after a longer silence the connection ends. */
  readonly answerMs: number;
  /** Receives data that no command asked for: if it throws, the connection ends. */
  hear(message: readonly unknown[]): void;
  /** Whether it replaces one that broke. */
  readonly wasLost: boolean;
  /** Ends the connection. */
  readonly signal: AbortSignal;
}

/** A connection without the driver, which drops the push messages of RESP3: for listeners that send few commands. */
export class PlainConnection {
  /** Resolves when it has ended, for any reason. */
  readonly ended: Promise<void>;
  /** The protocol that the server has agreed to. */
  protocol: 2 | 3 = 2;
  private readonly waiting: Waiting[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly settings: Settings,
  ) {
    const parser: PushParser = new PushParser({
      takes: () => {
        parser.isPush = false;
        return true;
      },
      take: (reply) => this.take(reply, parser.isPush),
      pass: () => undefined,
    });
    socket.on('data', (chunk) => {
      try {
        parser.read(chunk);
      } catch (error) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser and its listeners throw only errors
        this.end(error as Error);
      }
    });
    let trouble: Error | undefined;
    socket.on('error', (error) => (trouble = error));
    const stopListening = onAbort(settings.signal, () => this.end());
    this.ended = new Promise((resolve) => {
      socket.once('close', () => {
        stopListening();
        for (const { reject, timer } of this.waiting.splice(0)) {
          clearTimeout(timer);
          reject(trouble ?? new Error('the server closed the connection'));
        }
        resolve();
      });
    });
  }

  /** Connects, and logs in as the endpoint says. Rejects if it cannot, and has ended then. */
  static async open(endpoint: Endpoint, settings: Settings): Promise<PlainConnection> {
    await endpoint.login?.ready(settings.wasLost);
    settings.signal.throwIfAborted();
    const socket = await openSocket(endpoint.options, settings.signal);
    const connection = new PlainConnection(socket, settings);
    try {
      await connection.#logIn(endpoint);
    } catch (error) {
      connection.end();
      if (isLoginRefused(error)) endpoint.login?.doubt();
      throw error;
    }
    return connection;
  }

  /** Sends one command and returns its reply, with texts as Buffers. Rejects if the reply is an error. */
  call(...args: readonly string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Error('the connection has ended'));
      const { answerMs } = this.settings;
      const late = (): void => this.end(new Error(`no answer within ${answerMs} ms`));
      this.waiting.push({ resolve, reject, timer: setTimeout(late, answerMs) });
      const parts = args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
      this.socket.write(`*${args.length}\r\n${parts.join('')}`);
    });
  }

  end(reason?: Error): void {
    this.socket.destroy(reason);
  }

  async #logIn({ options, login }: Endpoint): Promise<void> {
    const { username, password } = login ?? options;
    try {
      await this.call('HELLO', '3', ...(password ? ['AUTH', username ?? 'default', password] : []));
      this.protocol = 3;
      return;
    } catch (error) {
      if (!isReply(error) || isWrong(error)) throw error;
    }
    if (password) await this.call('AUTH', ...(username ? [username] : []), password);
  }

  private take(reply: unknown, isPush: boolean): void {
    if (Array.isArray(reply) && (isPush || isMessage(reply))) return this.settings.hear(reply);
    const next = this.waiting.shift();
    if (!next) throw new ProtocolError('a reply that no command expects');
    clearTimeout(next.timer);
    if (isReply(reply)) next.reject(withoutArguments(reply));
    else next.resolve(reply);
  }
}

/** In RESP2, messages look like replies; no reply to these commands looks like this. */
const isMessage = ([kind]: readonly unknown[]): boolean => Buffer.isBuffer(kind) && kind.equals(messageKind);
const messageKind = Buffer.from('message');

/** Whether the server refused something other than the protocol. */
function isWrong(error: unknown): boolean {
  const words = errorText(error);
  return words.startsWith('WRONGPASS') || notNow.test(words);
}
