import { afterAll } from 'vitest';
import { endChildren } from './children.js';

// A worker whose run was killed would go on with what it is at, and with its servers.
if (process.listenerCount('disconnect') === 0) process.once('disconnect', () => process.exit(1));

// After the hooks of the file itself.
afterAll(endChildren);
