import { Surroundings } from '../waiting/surroundings.js';

/** One computation that waits for another's end. */
export class Wait {
  constructor(
    readonly waiter: Computation,
    readonly awaited: Computation,
  ) {
    waiter.waits.add(this);
    awaited.waiters.add(this);
  }

  end(): void {
    this.waiter.waits.delete(this);
    this.awaited.waiters.delete(this);
  }
}

const computations = new Surroundings<Computation>();

/**
 * A factory under way, and what it waits for: no two may wait for each other, through however many others, be they of
 * other keys, caches or applications of the process.
 */
export class Computation {
  readonly waits = new Set<Wait>();
  readonly waiters = new Set<Wait>();
  /** The lock of the fleet that it holds. */
  heldLock: string | undefined;
  /** The one that it waits for. */
  awaitedLock: string | undefined;
  private isOver = false;

  constructor(
    private readonly cache: object,
    /** What it makes: one entry, or many. */
    private readonly ids: string | ReadonlySet<string>,
    /** The one that has started it. */
    private readonly within?: Computation,
  ) {}

  /** The one that this code is part of. */
  static get current(): Computation | undefined {
    const current = computations.current;
    // What a factory has started may go on after its end.
    return current?.isOver ? undefined : current;
  }

  async run<T>(compute: () => T | Promise<T>): Promise<T> {
    try {
      return await computations.run(this, async () => compute());
    } finally {
      this.isOver = true;
    }
  }

  /** How many of those around it, and itself, make that very entry. */
  depthOf(cache: object, id: string): number {
    return (this.makes(cache, id) ? 1 : 0) + (this.within?.depthOf(cache, id) ?? 0);
  }

  /** Whether it makes that very entry, or somebody waits for it who does. */
  isNeededFor(cache: object, id: string): boolean {
    return this.isAnyWaiting((waiting) => waiting.makes(cache, id));
  }

  /**
   * Whether it may wait for that lock. Across processes nobody sees who waits for whom; but where locks are waited for
   * only in the order of their names, there is no circle.
   */
  mayAwaitLock(name: string): boolean {
    return !this.isAnyWaiting(({ heldLock }) => heldLock !== undefined && heldLock >= name);
  }

  /** Whether it may wait for another, as far as locks of the fleet go. */
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

/** One and all that it leads to. */
function reachable(
  from: Computation,
  waitsOf: (computation: Computation) => Iterable<Wait>,
  next: (wait: Wait) => Computation,
): Set<Computation> {
  const known = new Set([from]);
  // A set is walked through to what was added meanwhile, too.
  for (const computation of known) for (const wait of waitsOf(computation)) known.add(next(wait));
  return known;
}
