export { MemoryServer, type MemoryServerOptions } from './memory-server.js';
export type { Argument } from './protocol/bytes.js';
export { matchGlob } from './protocol/glob.js';
export { type Reply, ReplyError } from './protocol/reply.js';
export { MemorySession } from './session.js';
export { redisVersion } from './protocol/version.js';
