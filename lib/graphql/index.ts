export { CachexPubSub } from './cachex-pub-sub.js';
