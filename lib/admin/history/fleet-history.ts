import type { CachexService, ConnectionPool, WireCommand } from '../../index.js';
import { PeekCache } from '../entries/peek-cache.js';
import { about, type KeyCommand, RawKey } from '../entries/raw-key.js';
import type { Minute } from './cache-history.js';
import type { ChangeMark } from './change-marks.js';
import { type Hour, hourOf, minutesAnHour, noHour } from './day.js';
import { Days } from './days.js';
import { column, type Figures, rowLength } from './figures.js';

/** A separate version, which `clear()` does not delete. */
const version = 'admin-history';
const lastingSeconds = 25 * 3600;
const mostPrefixes = 60;
const mostMarks = 100;

/**
 * The history of all processes. An hour of a cache or prefix is one string of at most 9 KB; each process adds to its
 * numbers by `BITFIELD` once a minute. The cache's counters and timers ignore these commands.
 */
export class FleetHistory {
  private readonly cache: CachexService;
  private readonly peek: PeekCache;

  constructor(
    cache: CachexService,
    private readonly pool: ConnectionPool,
  ) {
    this.cache = cache.unscoped().withVersion(version);
    this.peek = PeekCache.of(this.cache);
  }

  async write({ minute, figures, kinds }: Minute): Promise<void> {
    const hour = String(hourOf(minute));
    const prefixes = [...kinds.keys()];
    await this.send([
      ...this.grow(hour, minute, figures),
      ...(prefixes.length === 0 ? [] : this.kept(`${hour}/prefixes`, about('SADD', ...prefixes))),
      ...prefixes.flatMap((prefix) => this.grow(`${hour}/${prefix}`, minute, kinds.get(prefix)!)),
    ]);
  }

  async mark(mark: ChangeMark): Promise<void> {
    const trim = this.key('changes').command(about('LTRIM', 0, mostMarks - 1), 'write');
    await this.send([...this.kept('changes', about('LPUSH', JSON.stringify(mark))), trim]);
  }

  async marks(): Promise<ChangeMark[]> {
    const texts = await this.texts('changes', about('LRANGE', 0, -1));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this class writes them
    return texts.map((text) => JSON.parse(text) as ChangeMark);
  }

  /** Reads hour by hour, to let other work run in between. */
  async read(from: number, to: number): Promise<Days> {
    const days = new Days();
    for (let hour = hourOf(from); hour <= hourOf(to); hour++) {
      const all = await this.hour(String(hour));
      if (!all) continue;
      days.all.put(hour, all);
      const prefixes = (await this.texts(`${hour}/prefixes`, about('SMEMBERS'))).slice(0, mostPrefixes);
      const hours = await Promise.all(prefixes.map((prefix) => this.hour(`${hour}/${prefix}`)));
      prefixes.forEach((prefix, index) => {
        const one = hours[index];
        if (one) days.dayOf(prefix).put(hour, one);
      });
    }
    return days;
  }

  private grow(key: string, minute: number, figures: Figures): WireCommand[] {
    const first = (minute % minutesAnHour) * rowLength;
    const words: (string | number)[] = ['OVERFLOW', 'SAT'];
    figures.forEach((by, at) => {
      // Evictions belong to the servers, not to this process.
      if (by > 0 && at !== column.evictions) words.push('INCRBY', 'u32', `#${first + at}`, by);
    });
    return this.kept(key, about('BITFIELD', ...words));
  }

  /** Sets an expiry after the command. */
  private kept(key: string, command: KeyCommand): WireCommand[] {
    const raw = this.key(key);
    return [raw.command(command, 'write'), raw.command(about('EXPIRE', lastingSeconds), 'write')];
  }

  private async send(commands: readonly WireCommand[]): Promise<void> {
    const replies = await this.pool.sendAll(commands);
    for (const reply of replies) if (reply instanceof Error) throw reply;
  }

  private async hour(key: string): Promise<Hour | undefined> {
    const raw = await this.key(key).ask(about('GET'));
    if (!(raw instanceof Buffer)) return undefined;
    const hour = noHour();
    for (let at = 0; at < hour.length && 4 * at + 4 <= raw.length; at++) hour[at] = raw.readUInt32BE(4 * at);
    return hour;
  }

  private async texts(key: string, command: KeyCommand): Promise<string[]> {
    const replies = await this.key(key).ask(command);
    return Array.isArray(replies) ? replies.map(String) : [];
  }

  private key(name: string): RawKey {
    return new RawKey({ cache: this.cache, peek: this.peek, pool: this.pool }, name);
  }
}
