import type { CachexService } from '../cachex.service.js';
import { MsgpackSerializer } from '../codec/serializers/msgpack.serializer.js';
import type { Entry } from './under-way.js';

/** Runs that no cache brings together, as it is away: still one per entry and process at a time. */
export class SharedRuns {
  private readonly running = new WeakMap<CachexService, Map<string, Promise<unknown>>>();

  join({ cache, key, version }: Entry, begin: () => Promise<unknown>): Promise<unknown> {
    let runs = this.running.get(cache);
    if (!runs) this.running.set(cache, (runs = new Map<string, Promise<unknown>>()));
    const id = `${version}:${key}`;
    const known = runs.get(id);
    if (known) return known;
    const run = begin().finally(() => runs.delete(id));
    runs.set(id, run);
    return run;
  }
}

const serializer = new MsgpackSerializer();

/** For one of several callers, who must not share an object. `undefined` where there can be no copy. */
export function copyOf(value: unknown): { readonly value: unknown } | undefined {
  if (typeof value !== 'object' || value === null) return { value };
  try {
    return { value: serializer.deserialize(serializer.serialize(value)) };
  } catch {
    return undefined;
  }
}
