import { textArgument } from '../commands/arguments.js';
import { type Command, read, type Version, write } from '../commands/command.js';
import * as replies from '../commands/replies.js';
import { scanArguments, type ScanOptions } from '../commands/scan.js';
import type { ServerNode } from '../connection/connection-pool.js';
import type { CommandExecutor } from '../execution/command-executor.js';

/** How the keys of a cache are gone through. @publicApi */
export interface IterationOptions {
  readonly version?: Version;
  /** Keys that the server looks at per step (1000): more are faster, and block it longer. */
  readonly itersize?: number;
}

/** One step of `scan`. @publicApi */
export interface KeysOptions extends ScanOptions {
  /** A glob pattern (`*`): `\*` is a literal `*`. */
  readonly pattern?: string;
}

/** One page of keys. @publicApi */
export interface KeysPage {
  /** Where to go on; `'0'` at the end. */
  readonly cursor: string;
  readonly keys: string[];
}

interface WirePage {
  readonly cursor: string;
  readonly keys: Buffer[];
}

const wirePage = replies.scanned(replies.wireKeys, (cursor, keys): WirePage => ({ cursor, keys }));

/** Goes through the keys of one version of a cache, by SCAN, so that the server keeps answering others. */
export class KeyScanner {
  constructor(private readonly executor: CommandExecutor) {}

  /** One page. Where there are several servers, the cursor says which one is next: `17@2`. */
  async page(cursor: string | number, version: Version, options: KeysOptions = {}): Promise<KeysPage> {
    const nodes = await this.executor.pool.primaries();
    const [position, index] = nodePosition(String(cursor), nodes.length);
    const command = this.command(options.pattern ?? '*', version, position, options.count);
    const page = await this.executor.execute(command, nodes[index]);
    return { cursor: nextPosition(page.cursor, index, nodes.length), keys: this.userKeys(page.keys, version) };
  }

  /** Keys of all servers, one after the other. */
  async *iterate(pattern: string, version: Version, options: IterationOptions = {}): AsyncGenerator<string, void> {
    for (const node of await this.executor.pool.primaries()) {
      let cursor = '0';
      do {
        const page = await this.executor.execute(this.command(pattern, version, cursor, options.itersize), node);
        yield* this.userKeys(page.keys, version);
        cursor = page.cursor;
      } while (cursor !== '0');
    }
  }

  /** Deletes what matches, on all servers at once; how many keys were there. */
  async delete(pattern: string, version: Version, options: IterationOptions = {}): Promise<number> {
    const nodes = await this.executor.pool.primaries();
    const counts = await Promise.all(nodes.map((node) => this.deleteOn(node, pattern, version, options)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Each page is deleted in the same round trip that asks for the next. */
  private async deleteOn(
    node: ServerNode,
    pattern: string,
    version: Version,
    { itersize }: IterationOptions,
  ): Promise<number> {
    const scan = (cursor: string): Promise<WirePage> =>
      this.executor.execute(this.command(pattern, version, cursor, itersize), node);
    let deleted = 0;
    let page: WirePage | undefined = await scan('0');
    while (page) {
      const keys: Buffer[] = page.keys.filter((wire) => this.userKey(wire, version) !== undefined);
      const [count, next]: [number, WirePage | undefined] = await Promise.all([
        keys.length > 0 ? this.executor.execute(write('UNLINK', keys, replies.integer), node) : 0,
        page.cursor === '0' ? undefined : scan(page.cursor),
      ]);
      deleted += count;
      page = next;
    }
    return deleted;
  }

  private command(pattern: string, version: Version, cursor: string, count = 1000): Command<WirePage> {
    const match = this.executor.keys.pattern(textArgument(pattern, 'A pattern'), version);
    return read('SCAN', scanArguments(cursor, { match, count }), wirePage);
  }

  private userKeys(wire: readonly Buffer[], version: Version): string[] {
    return wire.map((key) => this.userKey(key, version)).filter((key) => key !== undefined);
  }

  private userKey(wire: Buffer, version: Version): string | undefined {
    return this.executor.keys.userKey(wire.toString(), version);
  }
}

function nodePosition(cursor: string, nodes: number): [position: string, index: number] {
  const [position, index = '0'] = cursor.split('@') as [string, string?];
  if (!/^\d+$/.test(index) || Number(index) >= nodes) throw new TypeError('A cursor is 0 or what the last page gave');
  return [position, Number(index)];
}

function nextPosition(cursor: string, index: number, nodes: number): string {
  if (cursor !== '0') return index === 0 ? cursor : `${cursor}@${index}`;
  return index + 1 < nodes ? `0@${index + 1}` : '0';
}
