/** The one door of this room: what other rooms import from the connections. */
export { MemoryPool } from './pools/memory.js';
export { createPool } from './pools/create-pool.js';
export { checkAccount, isReply, withoutArguments, withoutQuotes } from './driver/driver-errors.js';
export { type Endpoint, endpointOfPeer } from './driver/endpoint.js';
export { isLoginRefused } from './driver/log-in.js';
export { peerOf } from './driver/peer.js';
export { PlainConnection } from './driver/plain-connection.js';
export { pauseBefore } from './driver/redis-options.js';
export { ProtocolError } from './driver/reply-parser.js';
export { heartbeatMs } from './links/redis-subscription.js';
