export type { Argument } from './bytes.js';
export { MemoryEngine, type MemoryEngineOptions } from './engine.js';
export { matchGlob } from './glob.js';
export { type Reply, ReplyError } from './reply.js';
export { MemorySession } from './session.js';
