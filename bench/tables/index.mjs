import { cluster } from './cluster.mjs';
import { collections } from './collections.mjs';
import { compressed } from './compressed.mjs';
import { deletion } from './deletion.mjs';
import { hits } from './hits.mjs';
import { locks } from './locks.mjs';
import { manyKeys } from './many.mjs';
import { values } from './values.mjs';

/**
 * The contenders and cases of the tables. A contender is opened by URL and provides functions; a case applies to those
 * that have its `method`. It measures either `call`, again and again with `inFlight` calls at a time, or `single`,
 * which is prepared each time and may return the seconds itself.
 * In a table with `isLone` each contender has one process only.
 */
export const tables = { values, compressed, collections, hits, manyKeys, locks, deletion, cluster };
