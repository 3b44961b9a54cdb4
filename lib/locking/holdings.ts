import { settled } from '../waiting/settled.js';
import { ConnectionError } from '../errors/index.js';
import type { Resource } from './resource.js';
import { Returns } from './returns.js';
import { Session } from './session.js';
import type { WakeUps } from './wake-ups.js';

/** Something to release before the connections are closed. */
export interface Holder {
  giveUp(why: string): Promise<void>;
}

/** Everything that one cache holds or waits for. */
export class Holdings {
  readonly returns = new Returns();
  private readonly holders = new Set<Holder>();
  private serial = 0;
  private isClosed = false;

  constructor(
    readonly wakeUps: WakeUps,
    readonly commandTimeoutMs: number,
  ) {}

  /** @throws ConnectionError if the cache was closed */
  sessionFor(resource: Resource): Session {
    this.checkOpen(resource);
    return new Session(`${this.wakeUps.instance}:${++this.serial}:${resource.weight}`);
  }

  /** @throws ConnectionError if the cache was closed */
  checkOpen(what: Pick<Resource, 'title'>): void {
    if (this.isClosed) throw new ConnectionError(`${what.title}: the cache was closed`);
  }

  enter(holder: Holder): void {
    this.holders.add(holder);
  }

  leave(holder: Holder): void {
    this.holders.delete(holder);
  }

  /** Takes at most `commandTimeout`: if a server does not answer, the leases end by themselves. */
  async close(): Promise<void> {
    this.isClosed = true;
    const why = 'the cache is being closed';
    this.wakeUps.stopAll(new ConnectionError(why));
    await settled(this.giveAllBack(why), this.commandTimeoutMs);
    await this.wakeUps.close();
  }

  private async giveAllBack(why: string): Promise<void> {
    await Promise.all([...this.holders].map((holder) => holder.giveUp(why)));
    await this.returns.close();
  }
}
