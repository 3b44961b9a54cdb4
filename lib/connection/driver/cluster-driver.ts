import type { EventEmitter } from 'node:events';
import type { Cluster, ClusterOptions, Redis } from 'ioredis';
import type { Redirection } from './redirection.js';
import type { SlotsRefresh } from './slots-refresh.js';

/** A client of a cluster: connections to its nodes, and the owners of slots. Its events are those of the driver. */
export interface ClusterDriver extends Pick<EventEmitter, 'on' | 'once' | 'off'> {
  readonly status: Cluster['status'];
  readonly options: Pick<ClusterOptions, 'natMap'>;
  /** Addresses by slot, the primary first. */
  readonly slots: readonly (readonly string[])[];
  readonly refresh: SlotsRefresh;
  /** The client that `getClient()` returns. */
  forUsers(): Cluster;
  nodes(role?: 'all' | 'master'): Redis[];
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  quit(): Promise<unknown>;
  /** Records a node's redirection, and returns the address to go to. */
  follow(redirection: Redirection, asked: Redis): string;
  /** Fails the calls that wait for a connection that will not come. */
  forgetQueue(error: Error): void;
}
