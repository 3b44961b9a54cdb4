import { get, post, urlOf } from './api.js';
import { ask } from './dialog.js';
import { button, el, failure, notify, refill } from './dom.js';
import { bytes, duration, hitRatio, keysOf, number } from './format.js';
import { shownName } from './name.js';
import { latest } from './latest.js';
import { place, whereOf } from './place.js';
import { headOf } from './table.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { CacheView, ServerView as Server } from '../server-view.js'
 * @import { Field } from './dialog.js'
 * @import { Place } from './place.js'
 */

/** @typedef {readonly [name: string, text: string]} Tile */

/** Shows the servers of a cache, and actions on all of its keys. */
export class ServerView {
  begin = latest();

  /**
   * @param {VisibleCache} cache
   */
  constructor(cache) {
    this.cache = cache;
    this.element = el('div', { class: 'server' });
  }

  show() {
    void this.load();
  }

  async load() {
    const { rights } = this.cache;
    const isCurrent = this.begin();
    try {
      /** @type {CacheView} */
      const view = await get(urlOf(this.cache.name));
      if (!isCurrent()) return;
      refill(
        this.element,
        this.summary(view),
        ...view.servers.map(serverOf),
        ...(rights.clear || rights.flush ? [this.changes(view)] : []),
      );
    } catch (error) {
      if (isCurrent())
        refill(
          this.element,
          failure(error, () => this.load()),
        );
    }
  }

  /** @param {CacheView} view */
  summary({ keyPrefix, version, topology, servers, stats }) {
    const { hits, misses, stale, errors, evictions, local } = stats;
    return el(
      'section',
      {},
      el(
        'div',
        { class: 'head' },
        el('h2', {}, shownName(this.cache.name)),
        button('Refresh', () => this.load()),
      ),
      tiles([
        ['Topology', servers.length > 1 ? `${topology}, ${servers.length} primaries` : topology],
        ['Key prefix', keyPrefix || '(none)'],
        ['Version', String(version)],
        ['Hit ratio', hitRatio(stats)],
        ['Hits', number(hits)],
        ['Misses', number(misses)],
        stale > 0 && ['Stale answers', number(stale)],
        ['Errors', number(errors)],
        ['Evictions', number(evictions)],
        local && ['Local copies', `${number(local.entries)} (${bytes(local.bytes)})`],
        local && ['Local hits', number(local.hits)],
      ]),
      el(
        'p',
        { class: 'quiet' },
        'This process has counted hits, misses and errors since it started; the servers count evictions.',
      ),
    );
  }

  /** @param {CacheView} view */
  changes({ version, keyPrefix, servers }) {
    const { clear, flush } = this.cache.rights;
    const keys = servers.reduce((sum, server) => sum + server.keys, 0);
    return el(
      'section',
      { class: 'dangers' },
      el('h2', {}, 'Delete everything'),
      el(
        'p',
        {},
        'Clear deletes the keys of one version of this cache; locks, tags and keys of other programs stay.',
        flush && ' Flush empties the whole database.',
      ),
      el(
        'div',
        { class: 'actions' },
        clear &&
          button(
            'Clear…',
            () => this.clear({ version: place().version || String(version), scope: place().scope }, keyPrefix),
            { class: 'danger' },
          ),
        flush && button('Flush…', () => this.flush(keys), { class: 'danger' }),
      ),
    );
  }

  /**
   * @param {Pick<Place, 'version' | 'scope'>} at
   * @param {string} keyPrefix
   */
  async clear(at, keyPrefix) {
    const { name } = this.cache;
    await ask({
      title: `Clear ${name}?`,
      text: `All keys with the prefix ${keyPrefix || '(none)'} in version ${at.version}${at.scope && ` of the scope ${at.scope}`}. This cannot be undone.`,
      fields: [confirmation(name)],
      action: 'Clear',
      isDanger: true,
      run: async ({ confirm }) => {
        /** @type {{ deleted: number }} */
        const { deleted } = await post(urlOf(name, '/clear'), { confirm, ...whereOf(at) });
        notify(`${keysOf(deleted)} deleted.`);
      },
      refresh: () => this.load(),
    });
  }

  /** @param {number} keys */
  async flush(keys) {
    const { name } = this.cache;
    await ask({
      title: `Flush the database of ${name}?`,
      text: `All ${number(keys)} keys of the database will be deleted: those of every prefix and version, of other caches and applications, and locks. This cannot be undone.`,
      fields: [confirmation(name)],
      action: 'Flush the database',
      isDanger: true,
      run: async ({ confirm }) => {
        await post(urlOf(name, '/flush'), { confirm });
        notify('The database was flushed.');
      },
      refresh: () => this.load(),
    });
  }
}

/**
 * @param {string} name
 * @returns {Field<'confirm'>}
 */
const confirmation = (name) => ({ name: 'confirm', label: `Type the name of the cache to confirm: ${name}` });

/** @param {readonly (Tile | false | '' | undefined)[]} rows */
export const tiles = (rows) =>
  el(
    'dl',
    { class: 'tiles' },
    rows
      .filter((row) => row !== undefined && row !== false && row !== '')
      .map(([name, text]) => el('div', {}, el('dt', {}, name), el('dd', {}, text))),
  );

/** @param {Server} server */
function serverOf({ address, keys, info }) {
  const seconds = Number(info.uptime_in_seconds);
  const limit = Number(info.maxmemory);
  const product = info.valkey_version
    ? `Valkey ${info.valkey_version}`
    : info.redis_version && `Redis ${info.redis_version}`;
  return el(
    'section',
    {},
    el('h2', {}, shownName(address)),
    tiles([
      ['Server', address.startsWith('memory:') ? 'embedded engine' : (product ?? 'unknown')],
      info.role && ['Role', info.role === 'master' ? 'primary' : 'replica'],
      ['Keys in the database', number(keys)],
      ['Memory', limit > 0 ? `${bytes(Number(info.used_memory))} of ${bytes(limit)}` : bytes(Number(info.used_memory))],
      info.maxmemory_policy && ['When full', info.maxmemory_policy],
      ['Clients', number(Number(info.connected_clients))],
      info.instantaneous_ops_per_sec && ['Commands per second', number(Number(info.instantaneous_ops_per_sec))],
      Number.isFinite(seconds) && ['Uptime', duration(seconds * 1000)],
      info.connected_slaves && ['Replicas', number(Number(info.connected_slaves))],
    ]),
    el('details', {}, el('summary', {}, 'All fields of INFO'), infoTable(info)),
  );
}

/** @param {Server['info']} info */
const infoTable = (info) =>
  el(
    'table',
    { class: 'info' },
    headOf(['Field', 'Value']),
    el(
      'tbody',
      {},
      Object.entries(info).map(([name, value]) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, value))),
    ),
  );
