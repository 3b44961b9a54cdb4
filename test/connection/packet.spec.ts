import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Packet } from '../../lib/connection/driver/packet.js';

const text = fc.string({ unit: 'binary', maxLength: 50 });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data)),
  fc.constant(Buffer.alloc(20_000, 'x')),
);
const parts = fc.array(fc.oneof({ weight: 3, arbitrary: text }, bytes), { maxLength: 8 });

function add(packet: Packet, all: readonly (string | Buffer)[]): void {
  for (const part of all) {
    if (typeof part === 'string') packet.addText(part);
    else packet.addBytes(part);
  }
}

const joined = (all: readonly (string | Buffer)[]): Buffer => Buffer.concat(all.map((part) => Buffer.from(part)));

describe('a packet', () => {
  it('contains everything that was added, in order, again and again', () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 4 }), (times) => {
        const packet = new Packet();
        for (const time of times) {
          add(packet, time);
          expect(Buffer.from(packet.take() as string).equals(joined(time))).toBe(true);
          expect(packet.length).toBe(0);
        }
      }),
    );
  });

  it('does not change bytes that it has returned, after forget()', () => {
    const packet = new Packet();
    add(packet, ['a', Buffer.from('b'), 'c']);
    const taken = packet.take();
    packet.forget();
    add(packet, [Buffer.from('xyz')]);
    expect(String(taken)).toBe('abc');
    expect(String(packet.take())).toBe('xyz');
  });
});
