import { describe, expect, it } from 'vitest';
import type { ServerNode } from '../../lib/index.js';
import { advance, resume } from '../../lib/keyspace/scan-cursor.js';

const nodes = (...addresses: string[]): ServerNode[] =>
  addresses.map((address) => ({ address, send: () => expect.fail(), sendAll: () => expect.fail() }));

/** The keys that a caller gets until the end; each node has this many pages. */
function walk(all: readonly ServerNode[], pages: number): string[] {
  const seen: string[] = [];
  let cursor = '0';
  do {
    const [position, node] = resume(cursor, all);
    seen.push(`${node.address} ${position}`);
    const next = Number(position) + 1;
    cursor = advance(next === pages ? '0' : String(next), node, all);
  } while (cursor !== '0');
  return seen;
}

describe('a cursor', () => {
  it('of a single server is that server’s own', () => {
    const [only] = nodes('a:1');
    expect(resume('17', [only!])).toEqual(['17', only]);
    expect(advance('17', only!, [only!])).toBe('17');
    expect(walk([only!], 3)).toEqual(['a:1 0', 'a:1 1', 'a:1 2']);
  });

  it('goes through all servers, one after the other', () => {
    expect(walk(nodes('a:1', 'b:1', 'c:1'), 2)).toEqual(['a:1 0', 'a:1 1', 'b:1 0', 'b:1 1', 'c:1 0', 'c:1 1']);
  });

  it('stays at its server when others come and go', () => {
    const [, b] = nodes('a:1', 'b:1');
    const cursor = advance('17', b!, nodes('a:1', 'b:1'));
    for (const others of [nodes('b:1'), nodes('A:1', 'a:1', 'b:1'), nodes('b:1', 'c:1')]) {
      const [position, node] = resume(cursor, others);
      expect([position, node.address]).toEqual(['17', 'b:1']);
    }
  });

  it('starts over if its server is gone, so that no key is left out', () => {
    const [, b] = nodes('a:1', 'b:1');
    const [position, node] = resume(advance('17', b!, nodes('a:1', 'b:1')), nodes('a:1', 'z:1'));
    expect([position, node.address]).toEqual(['0', 'a:1']);
  });

  it.each(['', 'x', '-1', '1.5', '17', '17@', '17@b', '@a:1', '17@a:x'])(
    '%j is refused by several servers',
    (cursor) => {
      expect(() => resume(cursor, nodes('a:1', 'b:1'))).toThrow(TypeError);
    },
  );
});
