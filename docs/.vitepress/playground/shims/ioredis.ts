export { Absent as Cluster, Absent as Redis } from './absent.js';

/** What the library's parser makes of a refusal of the server. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}
