import type { ServerNode } from '../../wire/connection-pool.js';
import { versionOf } from '../../wire/server-info.js';
import type { ServerVersion } from '../../wire/server-version.js';
import type { DriverConnection } from '../driver/driver-connection.js';

interface Connected extends ServerNode {
  readonly connection: DriverConnection;
  readonly isReady: boolean;
}

/** The product and version of the server: asked once per connection. */
export class ServerLook {
  private known: { readonly session: unknown; readonly version: ServerVersion | undefined } | undefined;
  private asking: Promise<ServerVersion | undefined> | undefined;

  constructor(private readonly link: Connected) {}

  get version(): ServerVersion | undefined | Promise<ServerVersion | undefined> {
    const { link, known } = this;
    // While it is away, the next server is unknown.
    if (known && link.isReady && known.session === link.connection.session) return known.version;
    return (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
  }

  private async ask(): Promise<ServerVersion | undefined> {
    const version = await versionOf(this.link);
    this.known = { session: this.link.connection.session, version };
    return version;
  }
}
