import { MemoryPool } from '../connection/index.js';
import type { BlockingWireCommand, WireCommand } from '../wire/connection-pool.js';
import type { TestServer } from './test-server.js';

/** Connections to a {@link TestServer}. */
export class TestingPool extends MemoryPool {
  constructor(private readonly testServer: TestServer) {
    super({}, testServer.engine);
  }

  override async send(command: WireCommand): Promise<unknown> {
    await this.testServer.meet([command]);
    return super.send(command);
  }

  override async sendAll(commands: readonly WireCommand[]): Promise<unknown[]> {
    await this.testServer.meet(commands);
    return super.sendAll(commands);
  }

  override async transaction(commands: readonly WireCommand[]): Promise<unknown[]> {
    await this.testServer.meet(commands);
    return super.transaction(commands);
  }

  override async sendBlocking(command: BlockingWireCommand): Promise<unknown> {
    await this.testServer.meet([command]);
    return super.sendBlocking(command);
  }
}
