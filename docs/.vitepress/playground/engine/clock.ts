interface Entry {
  at: number;
  /** Timers of one moment run in their order. */
  order: number;
  readonly everyMs?: number;
  readonly run: () => void;
}

/** What `setTimeout` of Node.js returns. */
class Timer {
  private isReferenced = true;

  constructor(
    private readonly clock: Clock,
    readonly entry: Entry,
  ) {}

  ref(): this {
    this.isReferenced = true;
    return this;
  }

  unref(): this {
    this.isReferenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.isReferenced;
  }

  refresh(): this {
    this.clock.again(this);
    return this;
  }

  close(): this {
    this.clock.clear(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.entry.order;
  }
}

/** The time outside of the playground. */
export const realNow = performance.now.bind(performance);

/**
 * The clock of the playground. It stands still while code runs, and jumps from timer to timer while all code waits: an
 * hour takes no time, and every run goes the same way.
 */
export class Clock {
  /** Since the start. */
  nowMs = 0;
  private readonly startedAt = Date.now();
  private readonly timers = new Set<Timer>();
  private lastOrder = 0;

  /** Takes the place of the clock and the timers of the worker. */
  install(): void {
    const now = (): number => this.startedAt + Math.floor(this.nowMs);
    const clear = (timer: unknown): void => this.clear(timer);
    Object.assign(globalThis, {
      Date: class extends Date {
        constructor(...given: [number]) {
          super(...(given.length > 0 ? given : ([now()] as [number])));
        }
        static override now = now;
      },
      setTimeout: (run: () => void, ms = 0, ...args: []) => this.add(() => run(...args), ms),
      setInterval: (run: () => void, ms = 0, ...args: []) => this.add(() => run(...args), ms, Math.max(1, ms)),
      setImmediate: (run: () => void, ...args: []) => this.add(() => run(...args), 0),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    });
    performance.now = () => this.nowMs;
  }

  again(timer: Timer): void {
    timer.entry.at = this.nowMs + (timer.entry.everyMs ?? 0);
    this.timers.add(timer);
  }

  clear(timer: unknown): void {
    if (timer instanceof Timer) this.timers.delete(timer);
  }

  /** When the next timer is due; `undefined` if there is none. */
  get next(): number | undefined {
    return this.first()?.entry.at;
  }

  /** Whether a program of Node.js would go on to wait. */
  get isAwaited(): boolean {
    return [...this.timers].some((timer) => timer.hasRef());
  }

  /** Lets the next timer run, at its time. */
  step(): void {
    const timer = this.first();
    if (!timer) return;
    const { entry } = timer;
    this.nowMs = Math.max(this.nowMs, entry.at);
    if (entry.everyMs === undefined) {
      this.timers.delete(timer);
    } else {
      entry.at = this.nowMs + entry.everyMs;
      entry.order = ++this.lastOrder;
    }
    entry.run();
  }

  private add(run: () => void, ms: number, everyMs?: number): Timer {
    const at = this.nowMs + Math.max(0, ms || 0);
    const timer = new Timer(this, { at, order: ++this.lastOrder, everyMs, run });
    this.timers.add(timer);
    return timer;
  }

  private first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      const [{ entry }, best] = [timer, first?.entry];
      if (!best || entry.at < best.at || (entry.at === best.at && entry.order < best.order)) first = timer;
    }
    return first;
  }
}

export const clock = new Clock();
