import { Command } from 'ioredis';
import type { WireArgument, WireCommand } from './connection-pool.js';
import { asBuffers } from './redis-link.js';

/** A command for a cluster, which knows its slot, and whether it was ever sent. */
export class ClusterCommand extends Command {
  wasSent = false;

  constructor({ name, args, access, slot }: WireCommand, timeoutMs: number) {
    super(name, args as WireArgument[], { ...asBuffers, readOnly: access === 'read' });
    // The driver would look for keys by the command's name, and hash them once more.
    this['slot'] = slot ?? null;
    this.setTimeout(timeoutMs);
  }

  override toWritable(socket: object): string | Buffer {
    this.wasSent = true;
    return super.toWritable(socket);
  }
}
