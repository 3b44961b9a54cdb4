import { ReplyError } from 'ioredis';
import { INCOMPLETE, ProtocolError, ReplyParser } from './reply-parser.js';

const NULL = 95;
const BOOLEAN = 35;
const DOUBLE = 44;
const BIG_NUMBER = 40;
const VERBATIM = 61;
const BLOB_ERROR = 33;
const MAP = 37;
const SET = 126;
const PUSH = 62;

/** `txt:` */
const formatLength = 4;

/**
 * Reads replies of RESP3, too: maps as lists of names and values, and the numbers and booleans that RESP2 lacks as
 * text.
 */
export class PushParser extends ReplyParser {
  /** Whether the reply being read is a push; reset by the reader when the next reply begins. */
  isPush = false;

  protected override readOther(type: number): unknown {
    switch (type) {
      case PUSH:
        this.isPush = true;
        return this.readArray();
      case MAP:
        return this.readArray(2);
      case SET:
        return this.readArray();
      case NULL: {
        const line = this.readLine();
        return line === INCOMPLETE ? line : null;
      }
      case BOOLEAN:
      case DOUBLE:
      case BIG_NUMBER:
        return this.readLine();
      case VERBATIM: {
        const text = this.readBulk();
        return Buffer.isBuffer(text) ? text.subarray(formatLength) : text;
      }
      case BLOB_ERROR: {
        const words = this.readBulk();
        return Buffer.isBuffer(words) ? new ReplyError(words.toString()) : words;
      }
      default:
        throw new ProtocolError('it begins with no type byte of RESP2 or RESP3');
    }
  }
}
