/** What the library imports for a server of its own and never calls here: its sockets, its streams and its driver. */
const absent = (): never => {
  throw new Error('this is not part of the playground');
};

export class Absent {
  readonly isHere = absent();
}

export { absent as connect, absent as createRequire, absent as lookup, absent as pathToFileURL };
export { absent as registerAs };
export { Absent as Cluster, Absent as Duplex, Absent as ModulesContainer, Absent as Redis, Absent as Socket };
export const isIP = (): number => 0;
export const APP_PIPE = 'APP_PIPE';
export default {};
