import type { CachexOptions } from '../../lib/index.js';

export type Connection = NonNullable<CachexOptions['connection']>;

/** Servers that hold the data of one topology. */
export interface Deployment {
  readonly connection: Connection;
  stop(): Promise<void>;
}

/** Where the contract has to hold. */
export interface Topology {
  readonly name: string;
  /** Whether the keys of one call must be in one slot. */
  readonly isSlotted?: boolean;
  /** Why there are no local copies. */
  readonly untold?: string;
  /** Commands that its user may not call. */
  readonly refuses?: readonly string[];
  /** Changes are told by the newer protocol, and by no other. */
  readonly isResp3Alone?: boolean;
  /** @param env of the tests */
  start(env: NodeJS.ProcessEnv): Promise<Deployment>;
}
