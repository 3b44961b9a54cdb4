import type { Order, Report, Row } from '../protocol.js';

/** Where the parts of the engine are. */
export interface Places {
  readonly engine: string;
  /** The interpreter of Lua. */
  readonly lua: string;
  /** After so long without a sign of life, the code holds the worker in a loop. */
  readonly patienceMs?: number;
}

export type Done = Extract<Report, { type: 'done' }>;

export interface EngineListener {
  onRows(rows: readonly Row[]): void;
  onDone(report: Done): void;
  /** It is gone, with its data. */
  onEnd(why: string): void;
}

/** The library and Redis in a worker, which is ended if code never lets go of it. */
export class Engine {
  private worker: Worker | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private readonly orders: Order[] = [];
  private isReady = false;
  /** Nothing has been run in it. */
  private isFresh = false;

  constructor(
    private readonly places: Places,
    private readonly listener: EngineListener,
  ) {}

  /** Begins anew, with an empty Redis. */
  restart(): void {
    if (this.isFresh) return;
    this.end();
    this.isFresh = true;
    const worker = new Worker(this.places.engine);
    worker.addEventListener('message', ({ data }: MessageEvent<Report>) => this.hear(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.giveUp('The engine could not be loaded. Is there a connection to this site?');
    });
    this.worker = worker;
    worker.postMessage({ type: 'load', lua: this.places.lua } satisfies Order);
  }

  give(order: Order): void {
    this.isFresh = false;
    if (!this.isReady) this.orders.push(order);
    else this.send(order);
  }

  end(): void {
    clearTimeout(this.watch);
    this.worker?.terminate();
    this.worker = undefined;
    this.isReady = false;
    this.isFresh = false;
    this.orders.length = 0;
  }

  private send(order: Order): void {
    this.wait();
    this.worker?.postMessage(order);
  }

  private hear(report: Report): void {
    clearTimeout(this.watch);
    if (report.type === 'ready') {
      this.isReady = true;
      for (const order of this.orders.splice(0)) this.send(order);
    } else if (report.type === 'rows') {
      this.wait();
      this.listener.onRows(report.rows);
    } else if (report.type === 'failed') {
      this.giveUp(`The engine failed: ${report.why}`);
    } else {
      this.listener.onDone(report);
    }
  }

  private wait(): void {
    clearTimeout(this.watch);
    const { patienceMs = 5000 } = this.places;
    const why = `Your code held on for ${patienceMs / 1000} seconds without an "await" that waits, and was stopped`;
    this.watch = setTimeout(() => this.giveUp(why), patienceMs);
  }

  private giveUp(why: string): void {
    this.end();
    this.listener.onEnd(why);
  }
}
