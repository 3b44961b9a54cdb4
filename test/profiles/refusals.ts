import { hashSlot } from '../../lib/wire/hash-slot.js';
import type { Refusal } from './fake-endpoint.js';

const crossSlot = "CROSSSLOT Keys in request don't hash to the same slot (context='within MULTI')";

/** Commands that may have keys of several slots there. */
const ofAnySlots = new Set(['DEL', 'MSET', 'MGET', 'EXISTS', 'UNLINK', 'TOUCH']);
const ofNoKey = new Set(
  'MULTI EXEC DISCARD PING HELLO AUTH CLIENT INFO CONFIG CLUSTER SCAN SUBSCRIBE UNSUBSCRIBE PUBLISH QUIT READONLY SELECT SCRIPT DBSIZE FLUSHDB FLUSHALL TIME RESET WAIT COMMAND ACL ECHO RANDOMKEY'.split(
    ' ',
  ),
);
const ofAllKeys = new Set(
  'SINTER SUNION SDIFF SINTERSTORE SUNIONSTORE SDIFFSTORE PFCOUNT PFMERGE DEL UNLINK EXISTS TOUCH MGET'.split(' '),
);
const ofTwoKeys = new Set(
  'RENAME RENAMENX COPY SMOVE LMOVE BLMOVE RPOPLPUSH BRPOPLPUSH ZRANGESTORE GEOSEARCHSTORE'.split(' '),
);

/** The keys of a command, for the commands that the library sends. */
function keysOf(name: string, args: readonly Buffer[]): readonly Buffer[] {
  if (ofNoKey.has(name)) return [];
  if (name === 'EVAL' || name === 'EVALSHA') return args.slice(2, 2 + Number(args[1]));
  if (/^(XGROUP|XINFO|OBJECT|MEMORY)$/.test(name)) return args.slice(1, 2);
  if (name === 'XREAD' || name === 'XREADGROUP') {
    const rest = args.slice(args.findIndex((arg) => arg.toString().toUpperCase() === 'STREAMS') + 1);
    return rest.slice(0, rest.length / 2);
  }
  if (name === 'BLPOP' || name === 'BRPOP' || name === 'BZPOPMIN' || name === 'BZPOPMAX') return args.slice(0, -1);
  if (/^(BLMPOP|BZMPOP)$/.test(name)) return args.slice(2, 2 + Number(args[1]));
  if (/^(LMPOP|ZMPOP|ZUNION|ZINTER|ZDIFF|SINTERCARD|ZINTERCARD)$/.test(name)) return args.slice(1, 1 + Number(args[0]));
  if (/^Z(UNION|INTER|DIFF)STORE$/.test(name)) return [args[0]!, ...args.slice(2, 2 + Number(args[1]))];
  if (name === 'BITOP') return args.slice(1);
  if (name === 'MSET') return args.filter((_, index) => index % 2 === 0);
  if (ofAllKeys.has(name)) return args;
  return ofTwoKeys.has(name) ? args.slice(0, 2) : args.slice(0, 1);
}

/** Redis Enterprise and its derivatives: one endpoint that hides slots; tracking only over RESP3. */
export function enterprise(): Refusal {
  let slots: Set<number> | undefined;
  let isResp3 = false;
  return ([command, ...args]) => {
    const name = command!.toString().toUpperCase();
    if (name === 'HELLO') isResp3 = args[0]?.toString() === '3';
    if (name === 'CLIENT' && /^tracking$/i.test(String(args[0])) && !isResp3) {
      return 'ERR Client tracking is supported only in RESP3';
    }
    if (name === 'MULTI') slots = new Set();
    if (name === 'EXEC' || name === 'DISCARD') slots = undefined;
    const keys = keysOf(name, args).map(hashSlot);
    for (const slot of keys) slots?.add(slot);
    const isSpread = slots ? slots.size > 1 : !ofAnySlots.has(name) && new Set(keys).size > 1;
    return isSpread ? crossSlot : undefined;
  };
}

/** ElastiCache Serverless: limited arguments, and scripts that must declare a key. */
export function serverless(): Refusal {
  return ([command, ...args]) => {
    const name = command!.toString().toUpperCase();
    if (args.length > 3999) return 'ERR too many arguments';
    if ((name === 'EVAL' || name === 'EVALSHA') && Number(args[1]) === 0) {
      return 'ERR This script requires at least one key';
    }
    return undefined;
  };
}
