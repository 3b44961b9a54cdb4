import type { Bytes } from '../protocol/bytes.js';
import { Dict } from './dict.js';

/** Fields with values, and with expiries of their own where they were given one. */
export class HashValue extends Dict<Bytes> {
  private readonly expiries = new Map<Bytes, number>();
  private earliest = Infinity;

  get type(): string {
    return 'hash';
  }

  /** No field expires before that Unix time in milliseconds; Infinity if none ever does. */
  get due(): number {
    return this.earliest;
  }

  /** Sets a field, which loses its expiry. */
  override set(field: Bytes, value: Bytes): boolean {
    if (this.expiries.size > 0) this.expiries.delete(field);
    return super.set(field, value);
  }

  /** Like {@link set}, but the field keeps its expiry. */
  update(field: Bytes, value: Bytes): boolean {
    return super.set(field, value);
  }

  override delete(field: Bytes): boolean {
    if (this.expiries.size > 0) this.expiries.delete(field);
    return super.delete(field);
  }

  /** Unix time in milliseconds, Infinity for no expiry, `undefined` for a missing field. */
  expiresAt(field: Bytes): number | undefined {
    return this.expiries.get(field) ?? (this.has(field) ? Infinity : undefined);
  }

  /** Sets the expiry of a field that must exist; Infinity removes it. */
  expireAt(field: Bytes, time: number): void {
    if (time === Infinity) this.expiries.delete(field);
    else this.expiries.set(field, time);
    this.earliest = this.expiries.size === 0 ? Infinity : Math.min(this.earliest, time);
  }

  /** Removes the fields that expired before `now` and returns how many there were. */
  dropExpired(now: number): number {
    const before = this.size;
    this.earliest = Infinity;
    for (const [field, time] of this.expiries) {
      if (time < now) this.delete(field);
      else this.earliest = Math.min(this.earliest, time);
    }
    return before - this.size;
  }

  protected override weigh(value: Bytes): number {
    return value.length;
  }
}
