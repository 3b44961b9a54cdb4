import type { Bytes } from '../protocol/bytes.js';
import { Dict } from './dict.js';

export class HashValue extends Dict<Bytes> {
  get type(): string {
    return 'hash';
  }

  protected override weigh(value: Bytes): number {
    return value.length;
  }
}
