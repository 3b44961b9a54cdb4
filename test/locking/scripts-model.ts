import fc from 'fast-check';

/** One event of a lock or a semaphore. */
export interface Step {
  /**
   * `hold` sends a request to acquire that is given up before it arrives, `arrive` lets the last such request arrive.
   * `expire` ends a lease, `vanish` ends the process of a waiter, `lose` deletes a key.
   */
  readonly what: 'acquire' | 'hold' | 'arrive' | 'release' | 'extend' | 'expire' | 'vanish' | 'lose';
  /** Its last character is the weight. */
  readonly token: string;
  readonly join: boolean;
  readonly capacity: number;
  readonly key: 'held' | 'copy' | 'line' | 'seen' | 'fence';
  /** One of several locks, if the event does not concern all locks of the token. */
  readonly name: string;
}

/** The visible state after a step. */
export interface State {
  /** The result of the call, if the step was one. */
  readonly outcome: boolean;
  readonly claims: string[];
  readonly line: string[];
}

const whats = [
  ...(['acquire', 'acquire', 'acquire', 'hold', 'hold', 'arrive', 'arrive'] as const),
  ...(['release', 'release', 'extend', 'expire', 'vanish', 'lose'] as const),
];

export function steps(
  tokens: string[],
  capacities: number[],
  keys: Step['key'][],
  names = ['the only one'],
): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.record({
    what: fc.constantFrom(...whats),
    token: fc.constantFrom(...tokens),
    join: fc.boolean(),
    capacity: fc.constantFrom(...capacities),
    key: fc.constantFrom(...keys),
    name: fc.constantFrom(...names),
  });
  return fc.array(step, { maxLength: 40 });
}

/** The requests that were sent for a holder. */
export class Requests {
  readonly held: { readonly step: Step; readonly number: number; readonly supersedes: boolean }[] = [];
  private sent = 0;
  private first = 0;
  private isInDoubt = false;

  hold(step: Step): void {
    this.held.push({ step, number: ++this.sent, supersedes: this.isInDoubt });
    this.isInDoubt = true;
  }

  /** A request that arrives and is answered. */
  pass(): void {
    this.sent++;
    if (this.isInDoubt) this.first = this.sent;
    this.isInDoubt = false;
  }

  /** The last request that was held back, unless it is refused. */
  arrive(): Step | undefined {
    const { step, number, supersedes } = this.held.pop() ?? { number: -1 };
    if (number < this.first) return undefined;
    if (supersedes) this.first = number;
    return step;
  }
}

/** The expected behaviour of the scripts, without a clock: leases and waiters expire in steps of their own. */
export class Model {
  private readonly requests = new Map<string, Requests>();
  private readonly claims = new Map<string, number>();
  private line: string[] = [];
  private readonly seen = new Set<string>();
  /** Waiters whose time is over; the scripts notice when they next look at the head of the queue. */
  private readonly gone = new Set<string>();

  apply(step: Step): State {
    const outcome = this[step.what](step);
    return { outcome, claims: [...this.claims.keys()].toSorted(), line: this.line };
  }

  private hold(step: Step): boolean {
    this.of(step).hold(step);
    return false;
  }

  private arrive(step: Step): boolean {
    const arrived = this.of(step).arrive();
    return arrived ? this.take(arrived) : false;
  }

  private acquire(step: Step): boolean {
    this.of(step).pass();
    return this.take(step);
  }

  private take({ token, join, capacity }: Step): boolean {
    const first = this.firstInLine();
    const room = capacity - [...this.claims.values()].reduce((sum, weight) => sum + weight, 0);
    const weight = Number(token.split(':').at(-1));
    if (this.claims.has(token) || (weight <= room && (first === undefined || first === token))) {
      this.claims.set(token, weight);
      this.leave(token);
      return true;
    }
    if (!join) return false;
    if (!this.line.includes(token)) this.line.push(token);
    this.seen.add(token);
    this.gone.delete(token);
    return false;
  }

  private release({ token }: Step): boolean {
    this.of({ token }).pass();
    const released = this.claims.delete(token);
    this.leave(token);
    this.firstInLine();
    return released;
  }

  private extend({ token }: Step): boolean {
    this.of({ token }).pass();
    return this.claims.has(token);
  }

  private expire({ token }: Step): boolean {
    return this.claims.delete(token);
  }

  private vanish({ token }: Step): boolean {
    if (this.seen.has(token)) this.gone.add(token);
    return false;
  }

  private lose({ key }: Step): boolean {
    if (key === 'line') this.line = [];
    if (key !== 'seen') return false;
    this.seen.clear();
    this.gone.clear();
    return false;
  }

  private of({ token }: Pick<Step, 'token'>): Requests {
    if (!this.requests.has(token)) this.requests.set(token, new Requests());
    return this.requests.get(token)!;
  }

  private leave(token: string): void {
    this.line = this.line.filter((other) => other !== token);
    this.seen.delete(token);
    this.gone.delete(token);
  }

  private firstInLine(): string | undefined {
    // The scripts do not look at an empty queue.
    if (this.line.length > 0) for (const token of [...this.gone]) this.leave(token);
    while (this.line.length > 0 && !this.seen.has(this.line[0]!)) this.line.shift();
    return this.line[0];
  }
}
