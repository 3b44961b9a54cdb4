import { wrongCursor } from '../commands/scan.js';
import type { ServerNode } from '../wire/connection-pool.js';

/** `17`, or `17@10.0.0.1:7000` if several servers hold keys. */
export const cursorShape = /^(\d+)(?:@(.+:\d+))?$/;

/**
 * Where a cursor continues. If its server is gone, other servers hold its keys now, and may have been scanned already:
 * the scan starts over, so that no key is left out.
 */
export function resume(cursor: string, nodes: readonly ServerNode[]): [position: string, node: ServerNode] {
  const [matched, position, address] = cursorShape.exec(cursor) ?? [];
  const first = nodes[0]!;
  if (!matched || (!address && nodes.length > 1 && position !== '0')) {
    throw wrongCursor();
  }
  if (!address) return [position!, first];
  const node = nodes.find((each) => each.address === address);
  return node ? [position!, node] : ['0', first];
}

/** The cursor after a page that ended at `position`; `'0'` after the last page of the last server. */
export function advance(position: string, node: ServerNode, nodes: readonly ServerNode[]): string {
  if (nodes.length === 1) return position;
  if (position !== '0') return `${position}@${node.address}`;
  const next = nodes[nodes.indexOf(node) + 1];
  return next ? `0@${next.address}` : '0';
}
