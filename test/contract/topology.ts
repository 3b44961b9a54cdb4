import type { CachexOptions } from '../../lib/index.js';

export type Connection = NonNullable<CachexOptions['connection']>;

/** Servers that hold the data of one topology. */
export interface Deployment {
  readonly connection: Connection;
  stop(): Promise<void>;
}

/** A place where the contract must hold. */
export interface Topology {
  readonly name: string;
  /** Whether the keys of one call must be in one slot. */
  readonly isSlotted?: boolean;
  /** The reason for having no local copies. */
  readonly untold?: string;
  /** Commands that its user may not call. */
  readonly refuses?: readonly string[];
  /** Whether only the newer protocol (RESP3) reports changes. */
  readonly isResp3Alone?: boolean;
  /** @param env the environment of the tests */
  start(env: NodeJS.ProcessEnv): Promise<Deployment>;
}
