import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Keyring } from '../../lib/codec/keyring.js';
import { EncryptionError } from '../../lib/index.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const keyOf = (bytes: Buffer) => createSecretKey(bytes);

/** From "The Galois/Counter Mode of Operation" (McGrew, Viega), as submitted to NIST: test cases 13 to 16. */
const vectors = [
  {
    name: '13',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    data: '',
    encrypted: '',
    tag: '530f8afbc74536b9a963b4f1c4cb738b',
    aad: '',
  },
  {
    name: '14',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    data: '00'.repeat(16),
    encrypted: 'cea7403d4d606b6e074ec5d3baf39d18',
    tag: 'd0d1c8a799996bf0265b98b5d48ab919',
    aad: '',
  },
  {
    name: '16',
    key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
    nonce: 'cafebabefacedbaddecaf888',
    data:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72' +
      '1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    encrypted:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa' +
      '8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
    tag: '76fc6ece0f4e1768cddf8853bb2d551b',
    aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
  },
];

/** What the ring authenticates besides the place: `C1 03`, the length of the id, and the id. */
const head = hex('c10301 61');

describe('AES-256-GCM', () => {
  it.each(vectors)('matches NIST, case $name', ({ key, nonce, data, encrypted, tag, aad }) => {
    // The ring puts its head before the place, so the test calls the cipher directly, as the ring does.
    const sealed = new RawRing(hex(key)).encrypt(hex(data), hex(aad), hex(nonce));
    expect(sealed.subarray(0, 16)).toEqual(hex(tag));
    expect(sealed.subarray(16)).toEqual(hex(encrypted));
  });
});

/** A ring without a head. */
class RawRing {
  private readonly ring: Keyring;
  constructor(key: Buffer) {
    this.ring = new Keyring([{ id: 'a', key: keyOf(key) }]);
    const [slot] = this.ring['slots'].values();
    Object.assign(slot!, { head: Buffer.alloc(0) });
  }
  encrypt(data: Buffer, aad: Buffer, nonce: Buffer): Buffer {
    return this.ring.encrypt(data, aad, nonce).subarray(12);
  }
}

describe('a keyring', () => {
  const [old, current] = [
    { id: 'a', key: keyOf(randomBytes(32)) },
    { id: '2026-11', key: keyOf(randomBytes(32)) },
  ];
  const ring = new Keyring([current, old]);
  const data = Buffer.from('secret 4111-1111-1111-1111');

  it.each([data, Buffer.alloc(0), randomBytes(1_000_000)])('decrypts what it has encrypted', (bytes) => {
    const sealed = ring.encrypt(bytes, 'place');
    expect(sealed.includes(data)).toBe(false);
    expect(ring.decrypt(sealed, 'place').equals(bytes)).toBe(true);
  });

  it('begins with a mark and the id of its key, and has another nonce each time', () => {
    const [one, other] = [ring.encrypt(data, 'place'), ring.encrypt(data, 'place')];
    expect(one.subarray(0, 10)).toEqual(Buffer.concat([hex('c10307'), Buffer.from('2026-11')]));
    expect(one.equals(other)).toBe(false);
    expect(one).toHaveLength(10 + 12 + 16 + data.length);
  });

  it('writes with the first key, and reads with all', () => {
    const before = new Keyring([old]).encrypt(data, 'place');
    expect(before.subarray(0, 4)).toEqual(head);
    expect(ring.decrypt(before, 'place')).toEqual(data);
    expect(() => new Keyring([old]).decrypt(ring.encrypt(data, 'place'), 'place')).toThrow(
      /encrypted with the key "2026-11", which is not in encryption\.keys\. See /,
    );
  });

  it('refuses changed bytes, wherever and however', () => {
    const sealed = ring.encrypt(data, 'place');
    for (let at = 2; at < sealed.length; at++) {
      for (const bit of [1, 0x20, 0x80]) {
        const changed = Buffer.from(sealed);
        changed[at]! ^= bit;
        expect(() => ring.decrypt(changed, 'place'), `byte ${at}`).toThrow(EncryptionError);
      }
    }
  });

  it('refuses truncated bytes, wherever, and trailing ones', () => {
    const sealed = ring.encrypt(data, 'place');
    for (let length = 2; length < sealed.length; length++) {
      expect(() => ring.decrypt(sealed.subarray(0, length), 'place'), `${length} bytes`).toThrow(EncryptionError);
    }
    expect(() => ring.decrypt(Buffer.concat([sealed, Buffer.of(0)]), 'place')).toThrow(EncryptionError);
  });

  it('refuses bytes of another place', () => {
    const sealed = ring.encrypt(data, 'place');
    for (const place of ['', 'plac', 'place2', 'Place', Buffer.from('place\0')]) {
      expect(() => ring.decrypt(sealed, place)).toThrow(/encrypted for another key than this one/);
    }
    expect(ring.decrypt(sealed, Buffer.from('place'))).toEqual(data);
  });

  it('cannot take a longer or shorter id for another place', () => {
    const same = keyOf(randomBytes(32));
    const [one, other] = [new Keyring([{ id: 'ab', key: same }]), new Keyring([{ id: 'a', key: same }])];
    const sealed = one.encrypt(data, 'c');
    const forged = Buffer.concat([hex('c10301'), Buffer.from('a'), sealed.subarray(5)]);
    expect(() => other.decrypt(forged, 'bc')).toThrow(EncryptionError);
  });

  it('reveals nothing of keys and values', () => {
    const sealed = ring.encrypt(data, 'place');
    let error: unknown;
    try {
      ring.decrypt(sealed, 'elsewhere');
    } catch (thrown) {
      error = thrown;
    }
    expect((error as Error).cause).toBeUndefined();
    expect((error as Error).message).not.toContain('4111');
  });
});
