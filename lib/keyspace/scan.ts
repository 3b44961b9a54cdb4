import type { Place } from '../arguments/scope.js';
import { cursorArgument, scanArguments, scanNames, type ScanOptions } from '../commands/scan.js';
import { type Version, versionNames } from '../arguments/version.js';
import type { NamesOf } from '../arguments/option-names.js';
import { textArgument } from '../arguments/arguments.js';
import { nameOf } from '../arguments/names.js';
import { type Command, read, WireKey, write } from '../command-model/command.js';
import { maxArguments } from '../command-model/parts.js';
import * as replies from '../command-model/replies.js';
import { strict } from '../command-model/strict.js';
import type { ServerNode } from '../wire/connection-pool.js';
import { allEnded } from '../waiting/all-ended.js';
import type { CommandExecutor } from '../execution/command-executor.js';
import { advance, cursorShape, resume } from './scan-cursor.js';

/** How to scan the keys of a cache. @publicApi */
export interface IterationOptions {
  /** The version of the keys; the cache's by default. */
  readonly version?: Version;
  /** Keys that the server looks at per step (1000): more is faster, and blocks the server longer. */
  readonly itersize?: number;
}

/** One step of `scan`. @publicApi */
export interface KeysOptions extends ScanOptions {
  /** A glob pattern (`*`): `\*` is a literal `*`. */
  readonly pattern?: string;
}

/** One page of keys. @publicApi */
export interface KeysPage {
  /** Where to continue; `'0'` at the end. */
  readonly cursor: string;
  /** The keys, as the application names them. One may come twice. */
  readonly keys: string[];
}

/** One call of `delete`, on all servers. */
interface Deletion {
  /** Set when one of them failed: the others stop as well. */
  hasFailed: boolean;
}

interface WirePage {
  readonly cursor: string;
  readonly keys: Buffer[];
}

const wirePage = replies.scanned(replies.wireKeys, (cursor, keys): WirePage => ({ cursor, keys }));

export const iterationNames: NamesOf<IterationOptions> = { ...versionNames, itersize: true };
export const keysNames: NamesOf<KeysOptions> = { ...scanNames, pattern: true };

/** Iterates over the keys of one version of a cache with SCAN, so that the server keeps answering others. */
export class KeyScanner {
  constructor(
    private readonly executor: CommandExecutor,
    /** Under `ignoreExceptions` too an outage is an error: keys that nobody could ask for are not "none". */
    private readonly isStrict = false,
  ) {}

  /** One page, of one server. */
  async page(cursor: string | number, version: Place, options: KeysOptions = {}): Promise<KeysPage> {
    const from = cursorArgument(cursor, cursorShape);
    const nodes = await this.executor.primaries('SCAN', this.isStrict);
    if (nodes.length === 0) return { cursor: '0', keys: [] };
    const [position, node] = resume(from, nodes);
    const command = this.command(options.pattern ?? '*', version, position, options.count);
    const page = await this.executor.execute(command, node);
    return { cursor: advance(page.cursor, node, nodes), keys: this.userKeys(page.keys, version) };
  }

  /** Scans all servers at once, each one page ahead. */
  async *iterate(pattern: string, version: Place, options: IterationOptions = {}): AsyncGenerator<string, void> {
    const asked = new Map<ServerNode, Promise<{ node: ServerNode; page: WirePage }>>();
    const ask = (node: ServerNode, cursor: string): void => {
      const command = this.command(pattern, version, cursor, options.itersize);
      const answer = this.executor.execute(command, node).then((page) => ({ node, page }));
      // It may fail while nobody awaits it: a consumer may be slow, or leave.
      answer.catch(() => undefined);
      asked.set(node, answer);
    };
    for (const node of await this.executor.primaries('SCAN', this.isStrict)) ask(node, '0');
    while (asked.size > 0) {
      const { node, page } = await Promise.race(asked.values());
      asked.delete(node);
      if (page.cursor !== '0') ask(node, page.cursor);
      yield* this.userKeys(page.keys, version);
    }
  }

  /** Deletes the keys that match, on all servers at once, and stops at the first failure; returns how many existed. */
  async delete(pattern: string, version: Place, options: IterationOptions = {}): Promise<number> {
    const nodes = await this.executor.primaries('SCAN', this.isStrict);
    const deletion: Deletion = { hasFailed: false };
    const fail = (error: unknown): never => {
      deletion.hasFailed = true;
      throw error;
    };
    const counts = await allEnded(
      nodes.map((node) => this.deleteOn(node, pattern, version, options, deletion).catch(fail)),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Deletes each page in the same round trip that asks for the next. */
  private async deleteOn(
    node: ServerNode,
    pattern: string,
    version: Place,
    { itersize }: IterationOptions,
    deletion: Deletion,
  ): Promise<number> {
    const scan = (cursor: string): Promise<WirePage> =>
      this.executor.execute(this.command(pattern, version, cursor, itersize), node);
    let deleted = 0;
    let page: WirePage | undefined = await scan('0');
    while (page && !deletion.hasFailed) {
      const [count, next]: [number, WirePage | undefined] = await allEnded([
        this.unlink(page.keys, version),
        page.cursor === '0' ? undefined : scan(page.cursor),
      ]);
      deleted += count;
      page = next;
    }
    return deleted;
  }

  /** Through the pool, not the server that has just named them: slots may be moving. */
  private async unlink(wire: readonly Buffer[], version: Place): Promise<number> {
    const keys: WireKey[] = [];
    for (const key of wire) {
      const name = this.userKey(key, version);
      // A key of another program may have no name after prefix and version: errors show all of it.
      if (name !== undefined) keys.push(new WireKey(name || nameOf(key), version, key));
    }
    if (keys.length === 0) return 0;
    const groups = this.executor.together(keys, maxArguments);
    const commands = groups.map((group) => this.asked(write('UNLINK', group, replies.integer)));
    if (commands.length === 1) return this.executor.execute(commands[0]!);
    const counts = await this.executor.executeEach(commands);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private command(pattern: string, version: Place, cursor: string, count = 1000): Command<WirePage> {
    const match = this.executor.keys.pattern(textArgument(pattern, 'A pattern'), version);
    return this.asked(read('SCAN', scanArguments(cursor, { match, count }), wirePage));
  }

  private asked<T>(command: Command<T>): Command<T> {
    return this.isStrict ? strict(command) : command;
  }

  private userKeys(wire: readonly Buffer[], version: Place): string[] {
    return wire.map((key) => this.userKey(key, version)).filter((key) => key !== undefined);
  }

  private userKey(wire: Buffer, version: Place): string | undefined {
    return this.executor.context.userKey(wire, version);
  }
}
