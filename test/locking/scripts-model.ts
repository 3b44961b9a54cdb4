import fc from 'fast-check';

/** One thing that happens to a lock or a semaphore. */
export interface Step {
  /**
   * `hold` sends a try that is given up before it arrives, `arrive` lets the last one of them do so. `expire` ends a lease,
   * `vanish` the process of a waiter, `lose` takes a key away.
   */
  readonly what: 'acquire' | 'hold' | 'arrive' | 'release' | 'extend' | 'expire' | 'vanish' | 'lose';
  /** Ends with the weight. */
  readonly token: string;
  readonly join: boolean;
  readonly capacity: number;
  readonly key: 'held' | 'copy' | 'line' | 'seen' | 'fence';
  /** Of several locks the one that it happens to, where it does not happen to all that the token is for. */
  readonly name: string;
}

/** What can be seen after a step. */
export interface State {
  /** Of the call, if it was one. */
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

/** What was sent for a holder. */
export class Requests {
  readonly held: { readonly step: Step; readonly number: number; readonly supersedes: boolean }[] = [];
  private sent = 0;
  private first = 0;
  private isInDoubt = false;

  hold(step: Step): void {
    this.held.push({ step, number: ++this.sent, supersedes: this.isInDoubt });
    this.isInDoubt = true;
  }

  /** One that arrives, and is answered. */
  pass(): void {
    this.sent++;
    if (this.isInDoubt) this.first = this.sent;
    this.isInDoubt = false;
  }

  /** The last one that was held, unless it is refused. */
  arrive(): Step | undefined {
    const { step, number, supersedes } = this.held.pop() ?? { number: -1 };
    if (number < this.first) return undefined;
    if (supersedes) this.first = number;
    return step;
  }
}

/** What the scripts should do, without time: whatever runs out does so by a step of its own. */
export class Model {
  private readonly requests = new Map<string, Requests>();
  private readonly claims = new Map<string, number>();
  private line: string[] = [];
  private readonly seen = new Set<string>();
  /** Waiters whose time has run out; the scripts notice when they next look for the first in line. */
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
    // The scripts do not look where nobody is in line.
    if (this.line.length > 0) for (const token of [...this.gone]) this.leave(token);
    while (this.line.length > 0 && !this.seen.has(this.line[0]!)) this.line.shift();
    return this.line[0];
  }
}
