import { type CommandListener, type CommandMessage, listen } from '../../observability/command-channel.js';
import { commandKeys } from '../../observability/command-keys.js';

/** Commands timed per second. While it listens, the channel slows every command a little. */
const samples = 200;
/**
 * Ends a sample after this time and counts slow commands with their time until then: a sample hears every command until
 * its slowest one ends.
 */
const longestMs = 10_000;
/** Blocking commands, which wait on purpose. */
const blocking = /^(B[LRZ]|XREAD|WAIT|SUBSCRIBE)/;

/** Times the first commands of every second for all caches of the process. */
export class CommandTimes implements CommandListener {
  private readonly underWay = new Map<CommandMessage, number>();
  private left = 0;
  private stopListening: (() => void) | undefined;

  constructor(private readonly tell: (message: CommandMessage, ms: number) => void) {}

  /** Starts another second. */
  next(): void {
    const now = performance.now();
    for (const [message, startedAt] of this.underWay) {
      if (now - startedAt < longestMs) continue;
      this.underWay.delete(message);
      this.tell(message, now - startedAt);
    }
    this.left = samples;
    this.stopListening ??= this.listen();
  }

  stop(): void {
    this.underWay.clear();
    this.stopListening?.();
    this.stopListening = undefined;
  }

  private listen(): () => void {
    const [stopReading, stopListening] = [commandKeys.read(), listen(this)];
    return () => {
      stopListening();
      stopReading();
    };
  }

  started(message: CommandMessage): void {
    if (this.left === 0 || blocking.test(message.command)) return;
    this.left--;
    this.underWay.set(message, performance.now());
  }

  ended(message: CommandMessage): void {
    const startedAt = this.underWay.get(message);
    if (startedAt === undefined) return;
    this.underWay.delete(message);
    this.tell(message, performance.now() - startedAt);
    if (this.left === 0 && this.underWay.size === 0) this.stop();
  }
}
