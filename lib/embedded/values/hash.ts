import type { Bytes } from '../protocol/bytes.js';
import { Dict } from './dict.js';

export class HashValue extends Dict<Bytes> {
  static readonly type = 'hash';

  protected override weigh(value: Bytes): number {
    return value.length;
  }
}
