import type { CachexOptions, CachexService } from 'nest-cachex';

declare global {
  /** A process of that name, with what `CachexModule.forRoot` takes but the connection: its cache. */
  function start(name: string, options?: Omit<CachexOptions, 'connection'>): Promise<CachexService>;
  function log(...values: unknown[]): void;
  const clock: { now(): number; advance(by: string | number): Promise<void> };
  const redis: { goAway(): void; comeBack(): void };
}
