import fc from 'fast-check';

/** One thing that happens to a lock or a semaphore. */
export interface Step {
  /** `expire` ends a lease, `vanish` the process of a waiter, `lose` takes a key away. */
  readonly what: 'acquire' | 'release' | 'extend' | 'expire' | 'vanish' | 'lose';
  /** Ends with the weight. */
  readonly token: string;
  readonly join: boolean;
  readonly capacity: number;
  readonly key: 'held' | 'copy' | 'line' | 'seen' | 'fence';
}

/** What can be seen after a step. */
export interface State {
  /** Of the call, if it was one. */
  readonly outcome: boolean;
  readonly claims: string[];
  readonly line: string[];
}

export function steps(tokens: string[], capacities: number[], keys: Step['key'][]): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.record({
    what: fc.constantFrom('acquire', 'acquire', 'acquire', 'release', 'extend', 'expire', 'vanish', 'lose'),
    token: fc.constantFrom(...tokens),
    join: fc.boolean(),
    capacity: fc.constantFrom(...capacities),
    key: fc.constantFrom(...keys),
  });
  return fc.array(step, { maxLength: 40 });
}

/** What the scripts should do, without time: whatever runs out does so by a step of its own. */
export class Model {
  private readonly claims = new Map<string, number>();
  private line: string[] = [];
  private readonly seen = new Set<string>();
  /** Waiters whose time has run out; the scripts notice when they next look for the first in line. */
  private readonly gone = new Set<string>();

  apply(step: Step): State {
    const outcome = this[step.what](step);
    return { outcome, claims: [...this.claims.keys()].toSorted(), line: this.line };
  }

  private acquire({ token, join, capacity }: Step): boolean {
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
    const released = this.claims.delete(token);
    this.leave(token);
    this.firstInLine();
    return released;
  }

  private extend({ token }: Step): boolean {
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
