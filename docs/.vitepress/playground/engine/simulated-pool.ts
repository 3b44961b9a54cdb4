import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { MemoryPool } from '../../../../lib/connection/index.js';
import type { MemoryServer } from '../../../../lib/embedded/index.js';
import type {
  BlockingWireCommand,
  ChannelKind,
  ChannelListener,
  ChannelSubscription,
  ServerNode,
  WireArgument,
  WireCommand,
} from '../../../../lib/wire/connection-pool.js';
import { FeedSocket } from './feed-socket.js';
import { address, lost, network } from './network.js';
import { showBytes } from './show.js';
import { pushed, written } from './wire.js';

/** The connections of one process to the Redis of the playground. */
export class SimulatedPool extends MemoryPool {
  constructor(
    private readonly redis: MemoryServer,
    private readonly process: string,
  ) {
    super({}, redis);
  }

  override send(command: WireCommand): Promise<unknown> {
    return this.sent([command], () => super.send(command));
  }

  override sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.sent(commands, () => super.sendAll(commands));
  }

  override transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    return this.sent(commands, () => super.transaction(commands));
  }

  override sendBlocking(command: BlockingWireCommand): Promise<unknown> {
    return this.sent([command], async () => {
      const ending = new AbortController();
      const end = (): void => ending.abort(lost());
      network.on('down', end);
      const signal = AbortSignal.any([ending.signal, ...(command.blocking.signal ? [command.blocking.signal] : [])]);
      try {
        return await super.sendBlocking({ ...command, blocking: { ...command.blocking, signal } });
      } finally {
        network.off('down', end);
      }
    });
  }

  /** Statistics are of the page, and nothing that a process sends. */
  override async primaries(): Promise<readonly ServerNode[]> {
    return [
      {
        address,
        send: (command) => (command.name === 'INFO' ? super.send(command) : this.send(command)),
        sendAll: (commands) => this.sendAll(commands),
      },
    ];
  }

  override subscribe(name: WireArgument, listener: ChannelListener, kind?: ChannelKind): ChannelSubscription {
    const title = typeof name === 'string' ? name : showBytes(name);
    let current: ChannelSubscription | undefined;
    const open = (): void => {
      current = super.subscribe(
        name,
        {
          ...{ onSilence: () => listener.onSilence(), onListening: () => listener.onListening() },
          onMessage: (message, channel) => {
            pushed(this.process, channel ? showBytes(channel) : title, showBytes(message));
            listener.onMessage(message, channel);
          },
        },
        kind,
      );
    };
    const close = (): void => {
      void current?.close();
      current = undefined;
      listener.onSilence();
    };
    network.on('up', open).on('down', close);
    if (network.isUp) open();
    return {
      close: async () => {
        network.off('up', open).off('down', close);
        await current?.close();
      },
    };
  }

  /** One connection that reads, which comes and goes with Redis. */
  onConnection(follow: (connection: Redis) => void): void {
    const { redis, process } = this;
    const connection = Object.assign(new EventEmitter(), {
      status: network.isUp ? 'ready' : 'close',
      options: {
        path: address,
        Connector: class {
          async connect(): Promise<FeedSocket> {
            await network.trip();
            return new FeedSocket(redis, process);
          }
        },
      },
      info: async () => {
        await network.trip();
        return String(await super.send({ name: 'INFO', args: ['server'], access: 'read' }));
      },
    });
    const turn = (status: string) => (): void => {
      connection.status = status;
      connection.emit(status);
    };
    network.on('up', turn('ready')).on('down', turn('close'));
    // What the library asks of a connection of the driver in order to hear of changes.
    follow(connection as unknown as Redis);
  }

  private sent<T>(commands: readonly WireCommand[], send: () => Promise<T>): Promise<T> {
    return written(this.process, commands, async () => {
      await network.trip();
      return send();
    });
  }
}
