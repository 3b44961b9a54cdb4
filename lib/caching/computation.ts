import { Surroundings } from '../waiting/surroundings.js';

/** One computation that waits for another to end. */
export class Wait {
  constructor(
    readonly waiter: Computation,
    readonly awaited: Computation,
  ) {
    (waiter.waits ??= new Set()).add(this);
    (awaited.waiters ??= new Set()).add(this);
  }

  end(): void {
    this.waiter.waits?.delete(this);
    this.awaited.waiters?.delete(this);
  }
}

const computations = new Surroundings<Computation>();

/**
 * A running factory, and what it waits for: no two may wait for each other, not even through others of other keys,
 * caches or applications of the process.
 */
export class Computation {
  /** Most computations wait for none, and none waits for them. */
  waits: Set<Wait> | undefined = undefined;
  waiters: Set<Wait> | undefined = undefined;
  /** The fleet lock that it holds. */
  heldLock: string | undefined;
  /** The computation that it waits for. */
  awaitedLock: string | undefined;
  private isOver = false;

  constructor(
    private readonly cache: object,
    /** The entries that it makes: one or many. */
    private readonly ids: string | ReadonlySet<string>,
    /** The computation that has started it. */
    private readonly within?: Computation,
  ) {}

  /** The computation that the current code belongs to. */
  static get current(): Computation | undefined {
    const current = computations.current;
    // Code that a factory has started may run after its end.
    return current?.isOver ? undefined : current;
  }

  async run<T>(compute: () => T | Promise<T>): Promise<T> {
    try {
      return await computations.run(this, async () => compute());
    } finally {
      this.isOver = true;
    }
  }

  /** How many of the surrounding computations, and this one, make the same entry. */
  depthOf(cache: object, id: string): number {
    return (this.makes(cache, id) ? 1 : 0) + (this.within?.depthOf(cache, id) ?? 0);
  }

  /** Whether it makes the same entry, or a computation that does waits for it. */
  isNeededFor(cache: object, id: string): boolean {
    return this.isAnyWaiting((waiting) => waiting.makes(cache, id));
  }

  /**
   * Whether it may wait for that lock. Nobody sees waits across processes; but if locks are only waited for in the
   * order of their names, there is no circle.
   */
  mayAwaitLock(name: string): boolean {
    return !this.isAnyWaiting(({ heldLock }) => heldLock !== undefined && heldLock >= name);
  }

  /** Whether it may wait for another, with respect to fleet locks. */
  mayJoin(other: Computation): boolean {
    for (const { awaitedLock } of reachable(
      other,
      ({ waits }) => waits,
      ({ awaited }) => awaited,
    )) {
      if (awaitedLock !== undefined && !this.mayAwaitLock(awaitedLock)) return false;
    }
    return true;
  }

  private makes(cache: object, id: string): boolean {
    const { ids } = this;
    return this.cache === cache && (typeof ids === 'string' ? ids === id : ids.has(id));
  }

  private isAnyWaiting(matches: (waiting: Computation) => boolean): boolean {
    for (const waiting of reachable(
      this,
      ({ waiters }) => waiters,
      ({ waiter }) => waiter,
    )) {
      if (matches(waiting)) return true;
    }
    return false;
  }
}

/** A computation and everything that it leads to. */
function reachable(
  from: Computation,
  waitsOf: (computation: Computation) => Iterable<Wait> | undefined,
  next: (wait: Wait) => Computation,
): Set<Computation> {
  const known = new Set([from]);
  // Iterating over a set includes members that are added meanwhile.
  for (const computation of known) for (const wait of waitsOf(computation) ?? []) known.add(next(wait));
  return known;
}
