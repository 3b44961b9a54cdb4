import type { Redis } from 'ioredis';
import type { ConnectionPool, ServerNode, WireArgument, WireCommand } from '../lib/index.js';

/** One round trip: the commands that were sent together, as text. */
export type Trip = string[];

/** A pool without a server: records the commands, and returns prepared replies. */
export class RecordingPool implements ConnectionPool {
  readonly address = 'nowhere';
  readonly trips: Trip[] = [];
  reply: (name: string, args: readonly WireArgument[]) => unknown = () => null;

  async connect(): Promise<void> {}

  async send({ name, args }: WireCommand): Promise<unknown> {
    this.trips.push([text(name, args)]);
    return this.reply(name, args);
  }

  async sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    this.trips.push(commands.map(({ name, args }) => text(name, args)));
    return Promise.all(commands.map(({ name, args }) => this.reply(name, args)));
  }

  async transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    this.trips.push(['MULTI', ...commands.map(({ name, args }) => text(name, args)), 'EXEC']);
    return Promise.all(commands.map(({ name, args }) => this.reply(name, args)));
  }

  sendBlocking(command: WireCommand): Promise<unknown> {
    return this.send(command);
  }

  async primaries(): Promise<readonly ServerNode[]> {
    return [this];
  }

  client(): Redis {
    throw new Error('There is no client behind this pool');
  }

  async close(): Promise<void> {}
}

/** As a server answers. */
export const okReply = Buffer.from('OK');

const text = (name: string, args: readonly WireArgument[]): string => [name, ...args.map(String)].join(' ');
