export { CachexHealthModule } from './cachex-health.module.js';
export { CachexHealthIndicator, type CachexHealthOptions } from './cachex.health.js';
export type { CachexServerState } from './server-state.js';
