import type { Redis } from 'ioredis';
import type { DriverConnection } from './driver-connection.js';
import { mayLookInside } from './driver-mode.js';
import { InnerConnection } from './inner-connection.js';
import { PublicConnection } from './public-connection.js';

/** The connection behind a client that is not connected yet. */
export const connectionOf = (redis: Redis): DriverConnection =>
  mayLookInside() ? new InnerConnection(redis) : new PublicConnection(redis);
