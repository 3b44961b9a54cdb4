import { cluster } from './cluster.mjs';
import { collections } from './collections.mjs';
import { compressed } from './compressed.mjs';
import { deletion } from './deletion.mjs';
import { hits } from './hits.mjs';
import { locks } from './locks.mjs';
import { manyKeys } from './many.mjs';
import { values } from './values.mjs';

/**
 * Who is measured at what. A contender is opened by its URL and gives functions; a case is for those that have its
 * `method`. What it measures is either `call`, over and over with so many `inFlight`, or `single`, which is prepared each time
 * and may tell the seconds itself.
 */
export const tables = { values, compressed, collections, hits, manyKeys, locks, deletion, cluster };
