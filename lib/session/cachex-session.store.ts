import { EventEmitter } from 'node:events';
import { LRUCache } from 'lru-cache';
import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { finiteMilliseconds, type Timeout } from '../arguments/timeout.js';
import { cacheArgument, plainDefaults } from '../views/adapter-cache.js';
import { checkVersion } from '../arguments/version.js';
import type { CachexService, Version } from '../index.js';
import { SessionCache } from './session-cache.js';
import { expressStore } from './express-store.js';

/** Where {@link CachexSessionStore} keeps sessions, and for how long. @publicApi */
export interface CachexSessionStoreOptions {
  /** The version of the sessions (`'session'`), which `cache.clear()` leaves alone. */
  readonly version?: Version;
  /** How long a session lives if its cookie has no expiry, and ends with the browser (`'1d'`). */
  readonly timeout?: Exclude<Timeout, null>;
}

/** A session as it is stored: its JSON. @publicApi */
export interface StoredSession {
  /** The cookie, whose expiry is the session's. */
  readonly cookie: { readonly expires?: Date | string | false | null };
}

type Callback = (error?: unknown) => void;

const known: NamesOf<CachexSessionStoreOptions> = { version: true, timeout: true };

/** How many sessions are remembered as known. */
const knownSessions = 100_000;

/**
 * Stores the sessions of express-session and @fastify/session. They live as long as their cookies. A destroyed session
 * stays destroyed: a request that had read it before does not restore it.
 *
 * @publicApi
 * @example
 * app.use(session({ secret, store: new CachexSessionStore(app.get(CachexService)), resave: false, saveUninitialized: false }));
 * @example
 * await app.register(fastifySession, { secret, store: new CachexSessionStore(app.get(CachexService)) });
 */
export class CachexSessionStore extends EventEmitter {
  private readonly cache: SessionCache;
  private readonly timeoutMs: number;
  /** Sessions, by wire key, that this process has read, written or destroyed, and may therefore write again. */
  private readonly ids = new LRUCache<string, true>({ max: knownSessions });

  /** @throws TypeError, RangeError for invalid options */
  constructor(cache: CachexService, options: CachexSessionStoreOptions = {}) {
    super();
    checkOptions(options, known, 'The options of CachexSessionStore', "{ timeout: '1d' }");
    const { version = 'session', timeout = '1d' } = options;
    this.timeoutMs = finiteMilliseconds(timeout, 'timeout');
    const of = cacheArgument(cache, 'CachexSessionStore');
    this.cache = SessionCache.of(of, { ...plainDefaults, version: checkVersion(version) });
  }

  /** Redis: `GET`. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a session holds only its reader knows, who names S
  get<S = StoredSession>(sid: string, callback: (error: unknown, session?: S | null) => void): void {
    answer(this.read<S>(sid), callback);
  }

  /**
   * Stores a session for as long as its cookie lives. A session that this process has read or written before is stored
   * only if it still exists. Redis: `SET`.
   */
  set(sid: string, session: object, callback?: Callback): void {
    answer(this.write(sid, session), callback);
  }

  /** Redis: `UNLINK`. */
  destroy(sid: string, callback?: Callback): void {
    answer(this.remove(sid), callback && ((error) => callback(error)));
  }

  /** Extends a session to the life of its cookie, if it still exists. Redis: `PEXPIRE`. */
  touch(sid: string, session: object, callback?: Callback): void {
    answer(this.extend(sid, session), callback && ((error) => callback(error)));
  }

  /** All sessions, by their ids. Redis: `SCAN`, `GET`. */
  all<S = StoredSession>(callback: (error: unknown, sessions?: Record<string, S> | null) => void): void {
    answer(this.readAll<S>(), callback);
  }

  /** How many there are. Redis: `SCAN`. */
  length(callback: (error: unknown, length?: number) => void): void {
    answer(
      this.cache.keys().then((keys) => keys.length),
      callback,
    );
  }

  /** Destroys all of them. Redis: `SCAN`, `UNLINK`. */
  clear(callback?: Callback): void {
    answer(this.cache.clear(), callback && ((error) => callback(error)));
  }

  /** As in `Store` of express-session, which must be installed. */
  regenerate(request: object, callback: Callback): void {
    expressStore().regenerate.call(this, request, callback);
  }

  /** As in `Store` of express-session, which must be installed. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a session holds only its reader knows, who names S
  load<S = StoredSession>(sid: string, callback: (error: unknown, session?: S) => void): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is what `createSession` gives
    expressStore().load.call(this, sid, callback as (error: unknown, session?: unknown) => void);
  }

  /** As in `Store` of express-session, which must be installed. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a session holds only its reader knows, who names S
  createSession<S = StoredSession>(request: object, session: object): S {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    return expressStore().createSession.call(this, request, session) as S;
  }

  private async read<S>(sid: string): Promise<S | null> {
    const session = await this.cache.get<S>(sid);
    if (session === undefined) return null;
    this.ids.set(this.cache.makeKey(sid), true);
    return session;
  }

  private async remove(sid: string): Promise<void> {
    this.ids.set(this.cache.makeKey(sid), true);
    await this.cache.delete(sid);
  }

  private async write(sid: string, session: object): Promise<void> {
    // Like every store, and like express-session when it looks for changes: users of an ORM may have their own toJSON.
    // oxlint-disable-next-line unicorn/prefer-structured-clone -- it is the JSON that is wanted
    const stored: unknown = JSON.parse(JSON.stringify(session));
    const wire = this.cache.makeKey(sid);
    await this.cache.set(sid, stored, { timeout: this.lifeOf(session), xx: this.ids.has(wire) });
    this.ids.set(wire, true);
  }

  private async extend(sid: string, session: object): Promise<void> {
    await this.cache.touch(sid, this.lifeOf(session));
  }

  private async readAll<S>(): Promise<Record<string, S>> {
    const sids = await this.cache.keys();
    const sessions = await Promise.all(sids.map((sid) => this.read<S>(sid)));
    return Object.fromEntries(sids.flatMap((sid, index) => (sessions[index] ? [[sid, sessions[index]]] : [])));
  }

  /** In seconds; 0 for an expired cookie. */
  private lifeOf(session: Partial<StoredSession>): number {
    const { expires } = session.cookie ?? {};
    const ms = expires ? new Date(expires).getTime() - Date.now() : this.timeoutMs;
    return (Number.isNaN(ms) ? this.timeoutMs : ms) / 1000;
  }
}

/** Outside the promise: an error of the callback is not a failure of the store. */
function answer<T>(promise: Promise<T>, callback: ((error: unknown, value?: T) => void) | undefined): void {
  promise.then(
    (value) => callback && process.nextTick(callback, null, value),
    (error: unknown) => callback && process.nextTick(callback, error),
  );
}
