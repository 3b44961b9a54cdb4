import { type Endpoint, heartbeatMs, isReply, notNow, PlainConnection, ProtocolError } from '../connection/index.js';
import { errorText } from '../errors/error-text.js';
import { runIdOf } from './server-identity.js';

/** Where a server publishes what has changed by the older protocol. */
const channel = '__redis__:invalidate';

/** What has changed, by its keys on the wire; `null`: any of them. */
export type Changes = readonly Buffer[] | null;

interface Settings {
  /** Of the keys; all of them where it is empty. */
  readonly prefix: string;
  readonly onChange: (keys: Changes) => void;
  readonly wasLost: boolean;
  readonly signal: AbortSignal;
}

/**
 * A connection on which a server tells of every change of a key with a prefix (`CLIENT TRACKING … BCAST`): it pushes it
 * by the newer protocol, or publishes it to a channel by the older one. That is asked for on this connection alone, so that
 * those that read have nothing to do with it. One that is cut off silently ends after two heartbeats: nothing else would
 * ever tell it from one on which there is nothing to say.
 */
export class FeedConnection {
  readonly ended: Promise<void>;

  private constructor(
    private readonly connection: PlainConnection,
    /** Which server it is that tells. */
    readonly runId: string,
  ) {
    this.ended = connection.ended;
    const beat = setInterval(() => {
      // That PING is not allowed is a sign of life as well; without any the connection ends.
      connection.call('PING').catch(() => undefined);
    }, heartbeatMs).unref();
    void connection.ended.then(() => clearInterval(beat));
  }

  /** Resolves when every change is told from now on. */
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

/** Asks for changes, and gives which server it is that will tell of them. */
async function arm(connection: PlainConnection, prefix: string): Promise<string> {
  const isPushing = connection.protocol === 3;
  const redirected = isPushing ? [] : ['REDIRECT', String(await connection.call('CLIENT', 'ID'))];
  const prefixed = prefix === '' ? [] : ['PREFIX', prefix];
  await connection.call('CLIENT', 'TRACKING', 'ON', ...redirected, 'BCAST', ...prefixed);
  const runId = await runIdOf(connection.call('INFO', 'server'));
  await connection.call('PING').catch((error) => {
    // Of what is loaded nobody is told.
    if (!isReply(error) || notNow.test(errorText(error))) throw error;
  });
  // No command is taken after that.
  if (!isPushing) await connection.call('SUBSCRIBE', channel);
  return runId;
}

function hearChanges([kind, ...rest]: readonly unknown[], onChange: (changes: Changes) => void): void {
  // Servers may push other things, some day.
  if (String(kind) !== 'invalidate' && String(kind) !== 'message') return;
  const changes = rest.at(-1);
  if (!areChanges(changes)) throw new ProtocolError('an invalidation of unexpected shape');
  onChange(changes);
}

function areChanges(changes: unknown): changes is Changes {
  return changes === null || (Array.isArray(changes) && changes.every((key) => Buffer.isBuffer(key)));
}
