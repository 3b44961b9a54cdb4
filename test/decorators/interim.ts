import { CachexService } from '../../lib/index.js';
const flights = new Map<string, Promise<unknown>>();
const proto = CachexService.prototype as unknown as Record<string, unknown>;
proto['getOrSet'] ??= async function (
  this: CachexService,
  key: string,
  factory: (c: { skip(): void }) => Promise<unknown>,
  o: { timeout?: number; version?: number },
) {
  const found = await this.get(key, o as never);
  if (found !== undefined) return found;
  const id = `${(this as unknown as { executor: { keys: { prefix: string } } }).executor.keys.prefix}:${o.version}:${key}`;
  let flight = flights.get(id);
  if (!flight) {
    flight = (async () => {
      let skip = false;
      const v = await factory({ skip: () => (skip = true) });
      if (!skip) await this.set(key, v, o as never).catch(() => 0);
      return v;
    })().finally(() => flights.delete(id));
    flights.set(id, flight);
  }
  return flight;
};
