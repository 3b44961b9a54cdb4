import { ConnectionError } from '../../errors/index.js';
import type { Place } from './cluster-call.js';
import type { ClusterDriver } from '../driver/cluster-driver.js';
import type { ClusterNodes } from './cluster-nodes.js';
import { withoutArguments } from '../driver/driver-errors.js';
import { pause } from '../../waiting/pause.js';
import { isApart, type Redirection, redirectionOf } from '../driver/redirection.js';

const pauseMs = 100;
/** How many redirections a call follows at once, and how many at all. */
const promptRedirections = 3;
const mostRedirections = 16;
/** The most that is kept of a call's time for the reply to its last attempt. */
const mostReplyMs = 500;

interface Surroundings {
  readonly address: string;
  readonly cluster: ClusterDriver;
  readonly nodes: ClusterNodes;
}

/** The way of one call that nodes refuse, until its time is over. */
export class Detour {
  private redirections = 0;
  /** A refused call did nothing; one that is sent again with no time left for its reply ends with nobody knowing. */
  private readonly replyMs: number;

  constructor(
    private readonly around: Surroundings,
    /** By the clock of `performance.now()`. */
    public deadline: number,
    private readonly signal?: AbortSignal,
  ) {
    this.replyMs = Math.min(mostReplyMs, this.leftMs / 4);
  }

  get leftMs(): number {
    return Math.max(1, this.deadline - performance.now());
  }

  /**
   * Where to go after a refusal, `undefined` if that has to be looked up.
   *
   * @throws ConnectionError when the time is over, or nodes keep redirecting the call
   */
  async after(error: Error, place: Place): Promise<Place | undefined> {
    const redirection = redirectionOf(error);
    this.redirections = redirection ? this.redirections + 1 : 0;
    if (!redirection || this.redirections > promptRedirections) await this.pause(error);
    if (redirection) return this.follow(redirection, place);
    if (!isApart(error)) await this.around.cluster.refresh.within(this.leftMs - this.replyMs, this.signal);
    return undefined;
  }

  private async pause(error: Error): Promise<void> {
    const { address } = this.around;
    const { message } = error;
    // The server's own words distinguish this from a server that was not reached.
    const cause = withoutArguments(error);
    if (this.redirections > mostRedirections)
      throw new ConnectionError(`${address} kept redirecting the call from node to node: ${message}`, { cause });
    const checkTime = (neededMs: number): void => {
      if (this.leftMs >= neededMs) return;
      throw new ConnectionError(`no node of ${address} accepted the call in time: ${message}`, { cause });
    };
    checkTime(pauseMs + this.replyMs);
    await pause(pauseMs, this.signal);
    // In a busy process it takes longer.
    checkTime(this.replyMs);
  }

  private follow(redirection: Redirection, { node }: Place): Place | undefined {
    const { cluster, nodes } = this.around;
    const next = nodes.at(cluster.follow(redirection, node.redis));
    if (!redirection.asking) cluster.refresh.begin();
    // The address is right but the server is not: another one is behind the address now.
    const isNamed = next === node && !cluster.options.natMap && !redirection.asking;
    if (isNamed && node.isReady) node.redis.disconnect();
    return next && { node: next, asking: redirection.asking };
  }
}
