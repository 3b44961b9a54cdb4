export { CachexSessionStore, type CachexSessionStoreOptions, type StoredSession } from './cachex-session.store.js';
