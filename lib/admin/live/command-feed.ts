import type { Version } from '../../index.js';
import { type CommandListener, type CommandMessage, listen } from '../../observability/command-channel.js';
import { commandKeys } from '../../observability/command-keys.js';

/** A command that was answered. It holds no values, and no message of an error: a server may quote one in it. */
export interface HeardCommand {
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number;
  readonly command: string;
  /** Of several that were sent together, the first of them. */
  readonly batch?: readonly string[];
  readonly script?: string;
  /** The first of them; only those of the version that is looked at: ids of sessions are in another one. */
  readonly keys: readonly string[];
  readonly keyCount: number;
  readonly ms: number;
  /** The class of the error, or its code. */
  readonly error?: string;
}

/** What was heard since the last line. */
export interface FeedLine {
  readonly commands: readonly HeardCommand[];
  /** That many more there were. */
  readonly left: number;
}

export interface FeedFilter {
  /** `'GET'`; of a pipeline, one of its commands. */
  readonly command?: string;
  /** What a key begins with. */
  readonly key?: string;
}

/** Nobody reads faster. */
const mostPerLine = 50;
const lineMs = 500;
const mostNames = 10;
const longestName = 200;

/** What a process sends to the servers of one cache, as it is told on the diagnostics channel, while somebody looks. */
export class CommandFeed implements CommandListener {
  private readonly startedAt = new WeakMap<CommandMessage, number>();
  private heard: HeardCommand[] = [];
  private left = 0;
  private wake: () => void = () => undefined;
  private hasEnded = false;

  constructor(
    private readonly cache: string,
    private readonly version: Version,
    private readonly filter: FeedFilter,
  ) {}

  /** Until the one who reads it, or `end()`, ends it. */
  async *lines(): AsyncGenerator<FeedLine> {
    const stops = [commandKeys.read(), listen(this)];
    try {
      yield { commands: [], left: 0 };
      while (!this.hasEnded) {
        await this.pause();
        const { heard: commands, left } = this;
        [this.heard, this.left] = [[], 0];
        // Empty ones, too: where nobody reads any more, it ends here.
        yield { commands, left };
      }
    } finally {
      for (const stop of stops) stop();
    }
  }

  end(): void {
    this.hasEnded = true;
    this.wake();
  }

  started(message: CommandMessage): void {
    if (message.cache === this.cache) this.startedAt.set(message, performance.now());
  }

  ended(message: CommandMessage): void {
    const startedAt = this.startedAt.get(message);
    if (startedAt === undefined || !this.isMeant(message)) return;
    if (this.heard.length >= mostPerLine) this.left++;
    else this.heard.push(heardOf(message, this.namesIn(message), performance.now() - startedAt));
  }

  private isMeant(message: CommandMessage): boolean {
    const { command, key } = this.filter;
    const { batch } = message;
    if (command !== undefined && message.command !== command && !batch?.includes(command)) return false;
    return key === undefined || this.namesIn(message).some((name) => name.startsWith(key));
  }

  private namesIn(message: CommandMessage): string[] {
    const meant = commandKeys.of(message).filter(({ version }) => String(version) === String(this.version));
    return meant.map(({ name }) => name);
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, lineMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.hasEnded) this.wake();
    });
  }
}

function heardOf(message: CommandMessage, names: readonly string[], ms: number): HeardCommand {
  const { command, batch, script, keyCount, error } = message;
  return {
    at: Date.now(),
    command,
    ...(batch && { batch: batch.slice(0, mostNames) }),
    ...(script !== undefined && { script }),
    keys: names
      .slice(0, mostNames)
      .map((name) => (name.length > longestName ? `${name.slice(0, longestName)}…` : name)),
    keyCount,
    ms,
    ...(error && { error: error.code ?? error.name }),
  };
}
