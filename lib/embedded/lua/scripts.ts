import { createHash } from 'node:crypto';
import type { Bytes } from '../protocol/bytes.js';
import { type Answer, ReplyError } from '../protocol/reply.js';
import { LuaInterpreter } from './interpreter.js';
import type { ScriptHost } from './redis-library.js';
import { readShebang, type Shebang } from './shebang.js';

interface Script {
  readonly source: Bytes;
  readonly shebang: Shebang;
}

/** The scripts of an engine by their SHA-1. */
export class Scripts {
  private readonly scripts = new Map<string, Script>();
  private interpreter: LuaInterpreter | undefined;

  get isLoaded(): boolean {
    return this.interpreter !== undefined;
  }

  /** Must be awaited once before the first script. Rejects with a ConfigError if no interpreter is installed. */
  async load(): Promise<void> {
    this.interpreter = await LuaInterpreter.load();
  }

  has(sha: string): boolean {
    return this.scripts.has(sha);
  }

  /** Compiles and stores a script and returns its SHA-1. */
  add(source: Bytes): string {
    const sha = createHash('sha1').update(source, 'latin1').digest('hex');
    if (!this.scripts.has(sha)) {
      const shebang = readShebang(source);
      // The shebang leaves an empty line, so the line numbers stay right.
      const script = { source: source.slice(shebang.line.length), shebang };
      this.running().compile(sha, script.source);
      this.scripts.set(sha, script);
    }
    return sha;
  }

  /** The shebang of a script; `undefined` for an unknown script. */
  shebangOf(sha: string): Shebang | undefined {
    return this.scripts.get(sha)?.shebang;
  }

  run(sha: string, keys: readonly Bytes[], args: readonly Bytes[], host: ScriptHost): Answer {
    const script = this.scripts.get(sha);
    if (script === undefined) throw new ReplyError('NOSCRIPT No matching script. Please use EVAL.');
    const interpreter = this.running();
    interpreter.compile(sha, script.source);
    return interpreter.run(sha, keys, args, host);
  }

  clear(): void {
    this.scripts.clear();
  }

  private running(): LuaInterpreter {
    if (!this.interpreter) throw new Error('the Lua interpreter is not loaded');
    return this.interpreter;
  }
}
