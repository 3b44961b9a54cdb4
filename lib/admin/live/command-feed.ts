import type { Version } from '../../index.js';
import { type CommandListener, type CommandMessage, listen } from '../../observability/command-channel.js';
import { commandKeys } from '../../observability/command-keys.js';

/** A command with a reply. It contains no values and no error messages, because a server may quote a value in them. */
export interface HeardCommand {
  /** Milliseconds since 1970 at the reply. */
  readonly at: number;
  readonly command: string;
  /** The first commands of a pipeline. */
  readonly batch?: readonly string[];
  readonly script?: string;
  /** The first keys, of the current version only: other versions hold session IDs. */
  readonly keys: readonly string[];
  readonly keyCount: number;
  readonly ms: number;
  /** The class or the code of the error. */
  readonly error?: string;
}

/** The commands since the previous line. */
export interface FeedLine {
  readonly commands: readonly HeardCommand[];
  /** Number of commands that were left out. */
  readonly left: number;
}

export interface FeedFilter {
  /** A command name such as `'GET'`; a pipeline matches by any of its commands. */
  readonly command?: string;
  /** Prefix of a key. */
  readonly key?: string;
}

/** Nobody can read more. */
const mostPerLine = 50;
const lineMs = 500;
const mostNames = 10;
const longestName = 200;

/** Follows the commands of this process for one cache on the diagnostics channel, while a user watches. */
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

  /** Yields lines until the reader stops or `end()` is called. */
  async *lines(): AsyncGenerator<FeedLine> {
    const stops = [commandKeys.read(), listen(this)];
    try {
      yield { commands: [], left: 0 };
      while (!this.hasEnded) {
        await this.pause();
        const { heard: commands, left } = this;
        [this.heard, this.left] = [[], 0];
        // Yields empty lines too, to notice that the reader has left.
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
