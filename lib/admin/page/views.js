import { CommandsView } from './commands-view.js';
import { KeysView } from './keys-view.js';
import { LimitsView } from './limits-view.js';
import { LocksView } from './locks-view.js';
import { MemoryView } from './memory-view.js';
import { ProcessView } from './process-view.js';
import { ScriptsView } from './scripts-view.js';
import { ServerView } from './server-view.js';
import { SessionsView } from './sessions-view.js';
import { StreamsView } from './streams-view.js';
import { TagsView } from './tags-view.js';
import { TrafficView } from './traffic-view.js';

/**
 * @import { VisibleCache } from '../caches.controller.js'
 * @import { Place } from './place.js'
 */

/**
 * A tab of a cache.
 *
 * @typedef {object} View
 * @property {VisibleCache} cache
 * @property {HTMLElement} element
 * @property {(at: Place) => void} show also called when the address changes
 * @property {() => void} [leave] called when another view replaces it
 */

/** @typedef {new (cache: VisibleCache) => View} ViewKind */

/** In the order of their tabs. @type {ReadonlyMap<string, readonly [tab: string, kind: ViewKind]>} */
export const views = new Map([
  ['keys', ['Keys', KeysView]],
  ['traffic', ['Traffic', TrafficView]],
  ['memory', ['Memory', MemoryView]],
  ['commands', ['Commands', CommandsView]],
  ['server', ['Server', ServerView]],
  ['tags', ['Tags', TagsView]],
  ['locks', ['Locks', LocksView]],
  ['streams', ['Streams', StreamsView]],
  ['process', ['Process', ProcessView]],
  ['limits', ['Rate limits', LimitsView]],
  ['sessions', ['Sessions', SessionsView]],
  ['scripts', ['Scripts', ScriptsView]],
]);
