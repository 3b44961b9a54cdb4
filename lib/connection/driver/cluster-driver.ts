import type { EventEmitter } from 'node:events';
import type { Cluster, ClusterOptions, Redis } from 'ioredis';
import type { Redirection } from './redirection.js';
import type { SlotsRefresh } from './slots-refresh.js';

/** A client of a cluster: connections to its nodes, and who has which slots. Its events are those of the driver's. */
export interface ClusterDriver extends Pick<EventEmitter, 'on' | 'once' | 'off'> {
  readonly status: Cluster['status'];
  readonly options: Pick<ClusterOptions, 'natMap'>;
  /** Addresses by slot, the primary's first. */
  readonly slots: readonly (readonly string[])[];
  readonly refresh: SlotsRefresh;
  /** What users get. */
  forUsers(): Cluster;
  nodes(role?: 'all' | 'master'): Redis[];
  connect(): Promise<void>;
  disconnect(reconnect?: boolean): void;
  quit(): Promise<unknown>;
  /** Takes note of what a node has answered, and gives the address to go to. */
  follow(redirection: Redirection, asked: Redis): string;
  /** Fails what waits for a connection that there will not be. */
  forgetQueue(error: Error): void;
}
