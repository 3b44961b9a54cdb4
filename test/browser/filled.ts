import type { Admin } from '../admin/open-admin.js';

/** A name that contains markup, changes the direction of text, and closes a hash tag. */
export const hostile = '<img src=x onerror=alert(1)>\u202e}';

/** Fills every view with something to show, under this name. Call the returned function to end locks and flights. */
export async function fill({ cache }: Admin, name = hostile): Promise<() => Promise<void>> {
  await cache.set(`key of ${name}`, 1, { tags: [name] });
  await cache.set(`${name}:1`, 1);
  await cache.get(`${name}:1`);
  await cache.lock(name, { timeout: '1h' }).acquire();
  await cache.xgroupCreate(name, name, '0', { mkstream: true });
  await cache.xadd(name, { any: 'thing' });
  await cache.xreadgroup(name, 'worker', { [name]: '>' });
  const letter = { stream: name, group: 'mail', id: '1-1', fields: { to: name }, deliveries: 5, error: name };
  await cache.xadd('dead', letter);
  await cache.rateLimiter('signups', { limit: 5, window: '1h' }).consume(name);
  await cache.withVersion('session').set(name, { user: 1 }, '1h');
  cache.registerScript(`script ${name}`, 'return 1');
  let finish!: (value: number) => void;
  const made = new Promise<number>((resolve) => (finish = resolve));
  const load = cache.getOrSet(`load of ${name}`, () => made);
  // If a spec fails, the end of the application ends them.
  load.catch(() => undefined);
  return async () => {
    finish(1);
    await load;
  };
}

/** The places of views that show only what the cache itself knows. */
export function placesOf(name = hostile): readonly string[] {
  const of = encodeURIComponent(name);
  return [
    `#view=tags&of=${of}`,
    '#view=locks',
    `#view=streams&of=${of}`,
    '#view=streams&of=dead',
    '#view=process',
    '#view=limits',
    '#view=sessions',
    '#view=scripts',
  ];
}
