import { settled } from '../../waiting/settled.js';

const ignore = (): void => undefined;

/** Finds out again which nodes own which slots, once at a time: a second caller joins the search under way. */
export class SlotsRefresh {
  #running: Promise<void> | undefined;

  constructor(private readonly findSlots: () => Promise<void>) {}

  /** Rejects if no node answers. */
  run(): Promise<void> {
    return (this.#running ??= this.findSlots().finally(() => (this.#running = undefined)));
  }

  begin(): void {
    this.run().catch(ignore);
  }

  /** Waits `ms` at most; a refresh that fails ends the wait, too. */
  async within(ms: number, signal?: AbortSignal): Promise<void> {
    await settled(this.run(), ms, signal);
  }
}
