import type { Commands, CommandTable } from '../engine/command.js';
import { resolve } from '../engine/resolve.js';
import { bitOperationCommands } from './bit-operations.js';
import { bitfieldCommands } from './bitfields.js';
import { bitCommands } from './bits.js';
import { blockingListCommands } from './blocking-lists.js';
import { clientCommands } from './client.js';
import { comparisonCommands } from './comparisons.js';
import { counterCommands } from './counters.js';
import { expiryCommands } from './expiry.js';
import { geoSearchCommands } from './geo-search.js';
import { geoCommands } from './geo.js';
import { hashExpiryCommands } from './hash-expiry.js';
import { hashFieldCommands } from './hash-field-values.js';
import { hashCommands } from './hashes.js';
import { hyperLogLogCommands } from './hyper-log-logs.js';
import { keyCommands } from './keys.js';
import { lcsCommands } from './lcs.js';
import { listCommands } from './lists.js';
import { objectCommands } from './objects.js';
import { pubsubCommands } from './pubsub.js';
import { scanCommands } from './scan.js';
import { scriptingCommands } from './scripting.js';
import { serverCommands } from './server.js';
import { setCommands } from './sets.js';
import { sortedSetAlgebraCommands } from './sorted-set-algebra.js';
import { sortedSetPopCommands } from './sorted-set-pops.js';
import { sortedSetRangeCommands } from './sorted-set-ranges.js';
import { sortedSetCommands } from './sorted-sets.js';
import { streamClaimCommands } from './stream-claims.js';
import { streamGroupCommands } from './stream-groups.js';
import { streamIdCommands } from './stream-id-setting.js';
import { streamInfoCommands } from './stream-info.js';
import { streamReadCommands } from './stream-read.js';
import { streamCommands } from './streams.js';
import { stringCommands } from './strings.js';
import { transactionCommands } from './transactions.js';

const tables: readonly CommandTable[] = [
  stringCommands,
  comparisonCommands,
  lcsCommands,
  bitCommands,
  bitOperationCommands,
  bitfieldCommands,
  hyperLogLogCommands,
  counterCommands,
  keyCommands,
  objectCommands,
  expiryCommands,
  scanCommands,
  hashCommands,
  hashExpiryCommands,
  hashFieldCommands,
  listCommands,
  blockingListCommands,
  setCommands,
  sortedSetCommands,
  sortedSetRangeCommands,
  sortedSetPopCommands,
  sortedSetAlgebraCommands,
  geoCommands,
  geoSearchCommands,
  streamCommands,
  streamReadCommands,
  streamGroupCommands,
  streamClaimCommands,
  streamInfoCommands,
  streamIdCommands,
  transactionCommands,
  pubsubCommands,
  scriptingCommands((name, args) => resolve(commands, name, args)),
  serverCommands,
  clientCommands,
];

/** COMMAND tells only which commands there are. */
const commandCommands: CommandTable = {
  COMMAND: {
    subcommands: {
      COUNT: { arity: 2, run: () => commands.size },
      LIST: { arity: -2, run: () => Array.from(commands.keys(), (name) => name.toLowerCase()) },
    },
  },
};

/** All commands of the engine by name in upper case. */
export const commands: Commands = new Map([...tables, commandCommands].flatMap((table) => Object.entries(table)));
