import { afterAll } from 'vitest';
import { endChildren } from './children.js';

// Otherwise a worker whose run was killed would continue, and so would its servers.
if (process.listenerCount('disconnect') === 0) process.once('disconnect', () => process.exit(1));

// After the hooks of the file itself.
afterAll(endChildren);
