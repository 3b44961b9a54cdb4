export { CachexKeyv, type CachexKeyvOptions, type KeyvEntry } from './cachex-keyv.js';
