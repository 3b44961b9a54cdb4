/** One node's view of another in `CLUSTER NODES`. */
export interface ClusterViewNode {
  id: string;
  port: number;
  isPrimary: boolean;
  /** The primary of a replica. */
  primaryId: string | undefined;
  /** Reachable, and neither failing nor still being introduced. */
  isConnected: boolean;
  /** If two nodes claim a slot, it belongs to the one with the higher epoch. */
  epoch: number;
  /** Slots as first and last; slots under migration are left out. */
  slots: [first: number, last: number][];
}

/** Parses the reply of `CLUSTER NODES`. */
export function parseClusterNodes(reply: string): ClusterViewNode[] {
  return reply.trimEnd().split('\n').map(parseLine);
}

function parseLine(line: string): ClusterViewNode {
  const [id = '', address = '', flagList = '', primaryId, , , epoch, link, ...slots] = line.split(' ');
  const flags = new Set(flagList.split(','));
  return {
    id,
    port: Number(/:(\d+)@/.exec(address)?.[1]),
    isPrimary: flags.has('master'),
    primaryId: primaryId === '-' ? undefined : primaryId,
    isConnected: link === 'connected' && !['fail', 'fail?', 'handshake', 'noaddr'].some((flag) => flags.has(flag)),
    epoch: Number(epoch),
    slots: slots.filter((range) => !range.startsWith('[')).map(parseRange),
  };
}

function parseRange(range: string): [number, number] {
  const [first, last = first] = range.split('-').map(Number) as [number, number?];
  return [first, last];
}

export function ownsSlot({ slots }: ClusterViewNode, slot: number): boolean {
  return slots.some(([first, last]) => first <= slot && slot <= last);
}
