import { type Endpoint, heartbeatMs, isReply, PlainConnection, ProtocolError } from '../connection/index.js';
import { notNow } from '../wire/server-errors.js';
import { errorText } from '../errors/error-text.js';
import { runIdOf } from './server-identity.js';

/** The channel on which a RESP2 connection receives changes. */
const channel = '__redis__:invalidate';

/** The changed keys, as on the wire; `null`: any key. */
export type Changes = readonly Buffer[] | null;

interface Settings {
  /** The prefix of the keys; empty for all keys. */
  readonly prefix: string;
  readonly onChange: (keys: Changes) => void;
  readonly wasLost: boolean;
  readonly signal: AbortSignal;
}

/**
 * A connection on which a server reports every change of a key with a prefix (`CLIENT TRACKING … BCAST`): as pushes in
 * RESP3, or on a channel in RESP2. Only this connection asks for them, so connections that read are not affected. A
 * connection that was cut silently ends after two heartbeats: nothing else distinguishes it from a quiet one.
 */
export class FeedConnection {
  readonly ended: Promise<void>;

  private constructor(
    private readonly connection: PlainConnection,
    /** Identifies the server that reports. */
    readonly runId: string,
  ) {
    this.ended = connection.ended;
    const beat = setInterval(() => {
      // Even an error that forbids PING is a sign of life; without any, the connection ends.
      connection.call('PING').catch(() => undefined);
    }, heartbeatMs).unref();
    void connection.ended.then(() => clearInterval(beat));
  }

  /** Resolves once every change is reported. */
  static async open(endpoint: Endpoint, { prefix, onChange, ...settings }: Settings): Promise<FeedConnection> {
    const hear = (message: readonly unknown[]): void => hearChanges(message, onChange);
    const connection = await PlainConnection.open(endpoint, { ...settings, hear, answerMs: heartbeatMs });
    try {
      return new FeedConnection(connection, await arm(connection, prefix));
    } catch (error) {
      connection.end();
      throw error;
    }
  }

  end(): void {
    this.connection.end();
  }
}

/** Subscribes to changes, and returns the identity of the server that will report them. */
async function arm(connection: PlainConnection, prefix: string): Promise<string> {
  const isPushing = connection.protocol === 3;
  const redirected = isPushing ? [] : ['REDIRECT', String(await connection.call('CLIENT', 'ID'))];
  const prefixed = prefix === '' ? [] : ['PREFIX', prefix];
  await connection.call('CLIENT', 'TRACKING', 'ON', ...redirected, 'BCAST', ...prefixed);
  const runId = await runIdOf(connection.call('INFO', 'server'));
  await connection.call('PING').catch((error) => {
    // While the server loads its data, it reports nothing.
    if (!isReply(error) || notNow.test(errorText(error))) throw error;
  });
  // No command is accepted after that.
  if (!isPushing) await connection.call('SUBSCRIBE', channel);
  return runId;
}

function hearChanges([kind, ...rest]: readonly unknown[], onChange: (changes: Changes) => void): void {
  // Servers may push other data in the future.
  if (String(kind) !== 'invalidate' && String(kind) !== 'message') return;
  const changes = rest.at(-1);
  if (!areChanges(changes)) throw new ProtocolError('an invalidation of unexpected shape');
  onChange(changes);
}

function areChanges(changes: unknown): changes is Changes {
  return changes === null || (Array.isArray(changes) && changes.every((key) => Buffer.isBuffer(key)));
}
