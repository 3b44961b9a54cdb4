import { inject } from 'vitest';
import { connectionsOfRun } from './connections-of-run.js';

// Read by the specs.
Object.assign(inject('connections'), await connectionsOfRun());
