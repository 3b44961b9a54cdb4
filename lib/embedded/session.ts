import { ConnectionError } from '../errors/index.js';
import { longestTimerMs } from '../waiting/pause.js';
import { Blocked, type Waiter } from './database/blocking.js';
import { type Argument, type Bytes, fromBytes, toBytes } from './protocol/bytes.js';
import type { Client, Outbox } from './engine/client.js';
import { dispatch, needsLua } from './dispatcher.js';
import type { Engine } from './engine/engine.js';
import { type Answer, type Reply, toReply } from './protocol/reply.js';

/** What a session needs from its server. */
export interface SessionHost {
  readonly engine: Engine;
  register(outbox: Outbox): Client;
  release(client: Client): void;
}

/** The embedded counterpart of a connection, with its transaction, its subscriptions and at most one blocked command. */
export class MemorySession {
  /** Receives messages of subscribed channels and patterns, after the call that published them. */
  onMessage: ((channel: Buffer, message: Buffer, pattern?: Buffer) => void) | undefined;
  /**
   * Receives the keys that other clients' tracking redirects here (`CLIENT TRACKING ON REDIRECT <id>`), null for all
   * keys. The session must be subscribed to `__redis__:invalidate`.
   */
  onInvalidate: ((keys: Buffer[] | null) => void) | undefined;
  private readonly engine: Engine;
  private readonly client: Client;
  private isClosed = false;
  /** The last call that could not be answered at once; later calls queue behind it. */
  private tail: Promise<unknown> | undefined;
  private rejectBlocked: ((error: Error) => void) | undefined;

  constructor(private readonly host: SessionHost) {
    this.engine = host.engine;
    this.client = host.register({
      message: (channel, message, pattern) =>
        this.emit(() =>
          this.onMessage?.(
            fromBytes(channel),
            fromBytes(message),
            pattern === undefined ? pattern : fromBytes(pattern),
          ),
        ),
      invalidate: (keys) => this.emit(() => this.onInvalidate?.(keys && keys.map(fromBytes))),
    });
  }

  /** The id that CLIENT ID returns. */
  get id(): number {
    return this.client.id;
  }

  /**
   * Runs a command. The reply is returned at once, and as a promise only from a command that blocks, from the first
   * script (which loads the interpreter) and from calls queued behind one of these. An error reply is returned (or
   * resolved), not thrown; only a closed session and a missing interpreter throw (or reject).
   */
  call(name: string, args: readonly Argument[] = []): Reply | Promise<Reply> {
    if (this.isClosed) throw closedError();
    const words = args.map(toBytes);
    if (this.tail) return this.hold(this.tail.then(() => this.performIfOpen(name, words)));
    const reply = this.perform(name, words);
    return reply instanceof Promise ? this.hold(reply) : reply;
  }

  /** Ends a blocked command as its timeout would (like CLIENT UNBLOCK). */
  cancel(): void {
    this.client.unblock?.(null);
  }

  /** Ends the session; a blocked command rejects with a ConnectionError. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.rejectBlocked?.(closedError());
    this.host.release(this.client);
  }

  private perform(name: Bytes, args: readonly Bytes[]): Reply | Promise<Reply> {
    const { scripts } = this.engine;
    if (!scripts.isLoaded && needsLua(this.client, name, args)) {
      return scripts.load().then(() => this.performIfOpen(name, args));
    }
    const answer = this.run(name, args);
    return answer instanceof Blocked ? this.block(answer) : toReply(answer);
  }

  private performIfOpen(name: Bytes, args: readonly Bytes[]): Reply | Promise<Reply> {
    if (this.isClosed) throw closedError();
    return this.perform(name, args);
  }

  private run(name: Bytes, args: readonly Bytes[]): Answer | Blocked {
    this.engine.begin(this.client);
    try {
      return dispatch(this.client, name, args);
    } finally {
      this.engine.end(this.client.db);
    }
  }

  /** Queues later calls behind this one. */
  private hold(reply: Promise<Reply>): Promise<Reply> {
    const release = () => {
      if (this.tail === tail) this.tail = undefined;
    };
    const tail: Promise<void> = reply.then(release, release);
    this.tail = tail;
    return reply;
  }

  private block(blocked: Blocked): Promise<Reply> {
    const { client } = this;
    const { blocking } = client.db;
    return new Promise((resolve, reject) => {
      const deadline = blocked.timeout === 0 ? Infinity : Date.now() + blocked.timeout;
      let timer: NodeJS.Timeout | undefined;
      const leave = () => {
        clearTimeout(timer);
        blocking.remove(waiter);
        client.unblock = undefined;
        this.rejectBlocked = undefined;
      };
      const waiter: Waiter = {
        blocked,
        finish: (answer) => {
          leave();
          resolve(toReply(answer));
        },
      };
      client.unblock = (answer) => {
        waiter.finish(answer);
        return true;
      };
      this.rejectBlocked = (error) => {
        leave();
        reject(error);
      };
      const wait = () => {
        const left = deadline - Date.now();
        if (left <= 0) waiter.finish(null);
        else timer = setTimeout(wait, Math.min(left, longestTimerMs));
      };
      blocking.add(waiter);
      if (deadline !== Infinity) wait();
    });
  }

  /** Listeners run after the call that caused the message, never inside it. */
  private emit(listener: () => void): void {
    queueMicrotask(() => {
      if (!this.isClosed) listener();
    });
  }
}

function closedError(): ConnectionError {
  return new ConnectionError('The session with the embedded engine is closed');
}
