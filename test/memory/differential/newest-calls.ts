import * as fc from 'fast-check';
import { bitCalls, bitNeighbours } from './bit-calls.js';
import { type Call, sometimesWrong } from './calls.js';
import { geoCalls, geoNeighbours, hyperLogLogCalls, hyperLogLogNeighbours } from './geo-calls.js';
import { hashFieldCalls, hashFieldNeighbours } from './hash-calls.js';
import { streamIdCalls, streamIdNeighbours } from './stream-calls.js';
import { comparisonCalls, comparisonNeighbours } from './string-calls.js';

/** Errors of older commands differ between Redis 7 and 8, so only newer commands get wrong arguments. */
const among = (calls: fc.Arbitrary<Call>, neighbours: fc.Arbitrary<Call>): fc.Arbitrary<Call> =>
  fc.oneof({ weight: 3, arbitrary: sometimesWrong(calls) }, { weight: 2, arbitrary: neighbours });

/** Commands that only the newest servers have, by family. */
export const newestFamilies: Readonly<Record<string, fc.Arbitrary<Call>>> = {
  bits: among(bitCalls, bitNeighbours),
  comparisons: among(comparisonCalls, comparisonNeighbours),
  geo: among(geoCalls, geoNeighbours),
  hyperLogLogs: among(hyperLogLogCalls, hyperLogLogNeighbours),
  streamIds: among(streamIdCalls, streamIdNeighbours),
  hashFields: among(hashFieldCalls, hashFieldNeighbours),
};
