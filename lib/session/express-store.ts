import { requireOptional } from '../errors/optional-package.js';

/** Methods that express-session calls on a store, and has itself. */
interface ExpressStore {
  regenerate(request: object, callback: (error?: unknown) => void): void;
  load(sid: string, callback: (error: unknown, session?: unknown) => void): void;
  createSession(request: object, session: object): unknown;
}

/** It creates the sessions, which are of its own class. */
export function expressStore(): ExpressStore {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as its documentation has it
  const { Store } = requireOptional('express-session', 'CachexSessionStore, where Express asks it, needs') as {
    Store: { prototype: ExpressStore };
  };
  return Store.prototype;
}
