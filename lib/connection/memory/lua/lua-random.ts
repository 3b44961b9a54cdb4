const MULTIPLIER = 0x5deece66dn;
const INCREMENT = 0xbn;
const MASK = 2n ** 48n - 1n;
const MAX = 2 ** 31 - 1;

/** The drand48 that Redis gives scripts as math.random, so that a script draws the same numbers every time. */
export class LuaRandom {
  private state = 0n;

  seed(seed: number): void {
    this.state = (BigInt(Math.trunc(seed) | 0) << 16n) & MASK;
    this.state |= 0x330en;
  }

  /** From 0 to 1, the latter excluded. */
  next(): number {
    this.state = (this.state * MULTIPLIER + INCREMENT) & MASK;
    return (Number(this.state >> 17n) % MAX) / MAX;
  }
}
