export { CachexTesting } from './cachex-testing.js';
export { CachexTestingModule, type CachexTestingOptions } from './cachex-testing.module.js';
export { TestClock } from './test-clock.js';
export type { SentCommand } from './test-server.js';
