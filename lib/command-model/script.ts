import { createHash } from 'node:crypto';
import type { ScriptSource } from './command.js';

/** A Lua script with its digest, by which the server identifies it. */
export function defineScript(name: string, source: string, many?: ScriptSource): ScriptSource {
  return { name, source, sha: createHash('sha1').update(source).digest('hex'), many };
}
