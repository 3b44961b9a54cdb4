import { setTimeout as delay } from 'node:timers/promises';
import { MemoryServer } from '../embedded/index.js';
import type { WireCommand } from '../wire/connection-pool.js';
import type { TestClock } from './test-clock.js';

/** A command as it was sent: keys and values as they are on the wire. @publicApi */
export interface SentCommand {
  /** The name of the Redis command, in upper case. */
  readonly name: string;
  /** Its arguments as text, keys with prefix and version. */
  readonly args: readonly string[];
}

/** What happens to a call instead of, or before, its answer. */
type Fault = () => Promise<void>;

/** The embedded engine with a clock of the test's, a memory of what was sent, and faults on demand. */
export class TestServer {
  readonly engine: MemoryServer;
  readonly sent: SentCommand[] = [];
  private faults: Fault[] = [];

  constructor(clock: TestClock) {
    this.engine = new MemoryServer({ clock: () => clock.now() });
  }

  fail(error: Error, times: number): void {
    this.add(times, () => Promise.reject(error));
  }

  delay(ms: number, times: number): void {
    this.add(times, () => delay(ms));
  }

  /** Takes back the faults that have not come true. */
  heal(): void {
    this.faults = [];
  }

  /** One call, however many commands: remembered, and up for the next fault. */
  async meet(commands: readonly WireCommand[]): Promise<void> {
    this.sent.push(...commands.map(({ name, args }) => ({ name, args: args.map(String) })));
    const [fault] = this.faults;
    if (!fault) return;
    this.faults = this.faults.slice(1);
    await fault();
  }

  private add(times: number, fault: Fault): void {
    if (!Number.isSafeInteger(times) || times < 1) throw new TypeError(`times must be at least 1, not ${times}`);
    for (let count = 0; count < times; count++) this.faults.push(fault);
  }
}
