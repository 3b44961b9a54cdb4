import { EventEmitter } from 'node:events';
import { ConnectionError } from '../../../../lib/errors/index.js';
import { journal } from './journal.js';

/** What the messages of the library name the server by. */
export const address = 'redis:6379';

/** How long a command takes there and back. */
const tripMs = 1;

export const lost = (): ConnectionError =>
  new ConnectionError(`no connection to ${address} any longer: the server closed the connection`);

const refused = (): ConnectionError =>
  new ConnectionError(`no connection to ${address} any longer: connect ECONNREFUSED`);

/** The way to Redis, which may be cut: Redis keeps its data meanwhile. Emits `down` and `up`. */
class Network extends EventEmitter {
  isUp = true;
  /** Counts the times it was cut. */
  private cuts = 0;

  switchTo(isUp: boolean): void {
    if (isUp === this.isUp) return;
    this.isUp = isUp;
    journal.add({ kind: 'redis', text: isUp ? 'Redis is back, with its data' : 'Redis goes away' });
    if (!isUp) this.cuts++;
    this.emit(isUp ? 'up' : 'down');
  }

  /**
   * What a command waits for before Redis carries it out.
   *
   * @throws ConnectionError while Redis is away
   */
  async trip(): Promise<void> {
    const { cuts, isUp } = this;
    await new Promise((resolve) => setTimeout(resolve, tripMs));
    if (!isUp) throw refused();
    if (cuts !== this.cuts) throw lost();
  }
}

export const network = new Network().setMaxListeners(0);
