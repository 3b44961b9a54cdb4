import type { WireCommand } from './connection-pool.js';
import { DriverCommand } from './driver-command.js';

/** A command that the driver finds the node for: it knows its slot. */
export class ClusterCommand extends DriverCommand {
  readonly isReadOnly: boolean;
  readonly slot: number | null;
  private readonly timer: NodeJS.Timeout;

  constructor({ name, args, access, slot }: WireCommand, timeoutMs: number) {
    super(name, args);
    this.isReadOnly = access === 'read';
    // The driver would look for keys by the command's name, and hash them once more.
    this.slot = slot ?? null;
    this.timer = setTimeout(() => this.reject(new Error('Command timed out')), timeoutMs);
  }

  override resolve(reply: unknown): void {
    clearTimeout(this.timer);
    super.resolve(reply);
  }

  override reject(error: Error): void {
    clearTimeout(this.timer);
    super.reject(error);
  }
}
