import { createHash } from 'node:crypto';
import type { Bytes } from '../bytes.js';
import { type Answer, ReplyError } from '../reply.js';
import { LuaInterpreter } from './interpreter.js';
import type { ScriptHost } from './redis-library.js';

/** The scripts that an engine knows by their SHA-1. */
export class Scripts {
  private readonly sources = new Map<string, Bytes>();
  private interpreter: LuaInterpreter | undefined;

  get isLoaded(): boolean {
    return this.interpreter !== undefined;
  }

  /** To be awaited once before the first script; a ConfigError when there is no interpreter. */
  async load(): Promise<void> {
    this.interpreter = await LuaInterpreter.load();
  }

  has(sha: string): boolean {
    return this.sources.has(sha);
  }

  /** Compiles and keeps a script; its SHA-1. */
  add(source: Bytes): string {
    const sha = createHash('sha1').update(source, 'latin1').digest('hex');
    if (!this.sources.has(sha)) {
      this.running().compile(sha, source);
      this.sources.set(sha, source);
    }
    return sha;
  }

  run(sha: string, keys: readonly Bytes[], args: readonly Bytes[], host: ScriptHost): Answer {
    const source = this.sources.get(sha);
    if (source === undefined) throw new ReplyError('NOSCRIPT No matching script. Please use EVAL.');
    const interpreter = this.running();
    interpreter.compile(sha, source);
    return interpreter.run(sha, keys, args, host);
  }

  clear(): void {
    this.sources.clear();
  }

  private running(): LuaInterpreter {
    if (!this.interpreter) throw new Error('the Lua interpreter is not loaded');
    return this.interpreter;
  }
}
