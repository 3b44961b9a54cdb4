import type { Logger } from '@nestjs/common';
import type { Mismatch } from '../codec/schema.js';
import { errorText } from '../errors/error-text.js';
import { SchemaError } from '../errors/index.js';
import { quoted } from '../errors/quoted.js';
import type { EntryTracer } from './entry-channel.js';

/** Keys with the same beginning hold the same kind of value: each kind is logged once, up to this many kinds. */
const mostKinds = 100;

/** Counts and reports problems of single entries. */
export class EntryReports {
  /** Values that did not match a schema. */
  mismatches = 0;
  /** Values that could not be read. */
  unreadable = 0;
  private readonly said = new Set<string>();

  constructor(
    private readonly tracer: EntryTracer,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** This process cannot read the value; `isMiss`: the caller gets a miss instead of an error. */
  couldNotRead(key: string, error: Error, isMiss: boolean): void {
    this.unreadable++;
    if (!isMiss) return;
    this.tracer.tell('unreadable', key, error);
    this.say('unreadable', key, () => `${quoted(key)} counts as missing: ${errorText(error)}`);
  }

  /** The value does not match the schema of its reader. */
  didNotMatch(key: string, { where, thrown }: Mismatch): void {
    this.mismatches++;
    this.tracer.tell('mismatch', key, new SchemaError(`${quoted(key)} does not match its schema ${where}`, thrown));
  }

  /** The same for a new value, which its caller still gets. */
  isNotStored(key: string, mismatch: Mismatch): void {
    this.didNotMatch(key, mismatch);
    this.say(
      'mismatch',
      key,
      () => `The new value of ${quoted(key)} is not stored: it does not match its schema ${mismatch.where}`,
    );
  }

  /** The value takes more bytes than it should. */
  isLarge(key: string, bytes: number, limit: number, isRefused: boolean): void {
    this.tracer.tell(isRefused ? 'refused' : 'large', key, undefined, bytes);
    if (isRefused) return;
    this.say('large', key, () => `${quoted(key)} takes ${bytes} bytes, more than ${limit}`);
  }

  /** Once per kind of key, and for a limited number of kinds. */
  say(what: string, key: string, text: () => string): void {
    const kind = kindOf(key);
    const id = `${what} ${kind}`;
    if (this.said.has(id) || this.said.size >= mostKinds) return;
    this.said.add(id);
    this.logger.warn(kind === key ? text() : `${text()} (logged once for ${quoted(kind)})`);
  }
}

/** `user:*` for `user:17:name`. */
export function kindOf(key: string): string {
  const end = key.indexOf(':');
  return end < 0 ? key : `${key.slice(0, end)}:*`;
}
