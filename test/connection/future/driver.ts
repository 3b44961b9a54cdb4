import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

type Change = (source: string, file: string) => string;

const everywhere =
  (from: RegExp, to: string): Change =>
  (source) =>
    source.replaceAll(from, to);

/** Renames a member: as a property, as a key and as a method. */
const renamed = (name: string): Change =>
  everywhere(
    new RegExp(`(?<=\\.)${name}\\b|\\b${name}(?=: )|(?<=^    (?:async )?)${name}(?=\\()`, 'gm'),
    `another${name}`,
  );

/** Changes that a future version may make to its undocumented parts. */
export const changes: Readonly<Record<string, Change>> = {
  ...Object.fromEntries(
    [
      ...['commandQueue', 'offlineQueue', 'condition', 'connector', 'stream', 'flushQueue', 'sendCommand'],
      ...['connectionPool', 'natMapper', 'refreshSlotsCache', 'resolveStartupNodeHostnames', 'sentinelIterator'],
      ...['_readyCheck', '_groupsIds', '_groupsBySlot', 'handleReconnection', 'recoverFromFatalError', 'silentEmit'],
      ...['toWritable', 'isTraced', 'inTransaction', 'setReplyContext'],
    ].map((name) => [name, renamed(name)]),
  ),
  'no Command': everywhere(/^Redis\.Command = .*$|^Object\.defineProperty\(exports, "Command".*$/gm, ''),
  'a check of the class of commands': (source, file) =>
    file === 'Redis.js'
      ? source.replace(
          /^ {4}sendCommand\(.*\{$/m,
          '$&\n        if (command.constructor !== Command_1.default) throw new TypeError("no command");',
        )
      : source,
  'no data events': everywhere(
    /redis\.stream\.prependListener\("data", (?=\()/g,
    'require("./reading")(redis.stream, ',
  ),
  'its own write': everywhere(/this\.stream\.write\(/g, 'require("net").Socket.prototype.write.call(this.stream, '),
  'copy of its options': (source) =>
    source
      .replaceAll('this.options.reconnectOnError', 'this.copied.reconnectOnError')
      .replace(
        /this\.options = \(0, utils_1\.resolveTLSProfile\)\(options\);/,
        '$& this.copied = { ...this.options };',
      ),
  'other words of a timeout': everywhere(/Command timed out/g, 'It took too long'),
  'other words of slots': everywhere(/Failed to refresh slots cache\./g, 'Nobody tells'),
  'other words of Sentinels': everywhere(/All sentinels are unreachable/g, 'Nobody is there'),
};

/** The library does not see these, or works without them. */
export const unseen: ReadonlySet<string> = new Set([
  ...['offlineQueue', 'natMapper', '_readyCheck', '_groupsIds', '_groupsBySlot', 'handleReconnection', 'silentEmit'],
  ...['recoverFromFatalError', 'isTraced', 'inTransaction', 'setReplyContext', 'no Command'],
  ...['other words of a timeout', 'other words of slots', 'other words of Sentinels'],
]);

/** Reads a stream without its data events. */
const reading = `module.exports = (stream, listener) => stream.on('readable', () => {
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) listener(chunk);
});`;

/** Makes a copy of the driver with this change; returns the path of its entry. */
export function futureDriver(change: Change, name = process.env['TEST_DRIVER'] ?? 'ioredis'): string {
  const installed = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const folder = mkdtempSync(join(tmpdir(), 'future-driver-'));
  const copy = join(folder, 'ioredis');
  cpSync(realpathSync(installed), copy, { recursive: true });
  symlinkSync(dirname(installed), join(folder, 'node_modules'));
  const built = join(copy, 'built');
  for (const file of readdirSync(built, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js')) continue;
    const source = readFileSync(join(built, file), 'utf8');
    const changed = change(source, file);
    if (changed !== source) writeFileSync(join(built, file), changed);
  }
  writeFileSync(join(built, 'reading.js'), reading);
  return join(built, 'index.js');
}
