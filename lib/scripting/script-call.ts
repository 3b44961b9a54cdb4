import { inScopeOf, type Place, versionAt } from '../arguments/scope.js';
import { bytesOfName } from '../arguments/names.js';
import { errorText } from '../errors/error-text.js';
import { describe, listArgument } from '../arguments/arguments.js';
import { type Argument, type Command, run, Key, WireKey } from '../command-model/command.js';
import { readEach } from '../waiting/all-of.js';
import { CachexError, ScriptError } from '../errors/index.js';
import type { ScriptHelpers } from './script-hooks.js';
import type { RegisteredScript, ScriptRegistry } from './script-registry.js';

type Decode = (data: Buffer) => unknown;

/** A call of a registered script as a command. `preFunc` runs when the command is built, `postFunc` on its reply. */
export function scriptCall<T>(
  registry: ScriptRegistry,
  script: RegisteredScript<T>,
  keys: readonly string[],
  args: readonly unknown[],
  place: Place,
): Command<T> {
  const helpers = helpersOf(registry, place, (data) => registry.codec.decode(data));
  listArgument(keys, `The keys of script ${script.name}`);
  listArgument(args, `The arguments of script ${script.name}`, 'strings, numbers or Buffers');
  if (typeof script.preFunc !== 'function' || typeof script.postFunc !== 'function') {
    throw new TypeError(
      `A script must be given by its name, or as registerScript returned it, not as ${describe(script)}`,
    );
  }
  const called: unknown = script.preFunc(helpers, keys, args);
  if (!Array.isArray(called) || !Array.isArray(called[0]) || !Array.isArray(called[1])) {
    throw new TypeError(`preFunc of script ${script.name} must return [keys, args], not ${describe(called)}`);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both are lists; their items are checked below
  const [wireKeys, wireArgs] = called as [string[], unknown[]];
  checkNumber(script, wireKeys);
  registry.called(script);
  const named = wireKeys.map((wire, index) => new WireKey(keys[index] ?? wire, place, wireOf(wire)));
  return run(script, named, wireArgs.map(scriptArgument), {
    decode: (reply, context) =>
      answerOf(
        script,
        helpersOf(registry, place, (data) => context.decode(data)),
        reply,
      ),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without a reply no hook runs, so T has no value
    missing: () => undefined as T,
  });
}

function helpersOf({ keys, codec }: ScriptRegistry, place: Place, decode: Decode): ScriptHelpers {
  const helpers: ScriptHelpers = {
    version: versionAt(place),
    makeKey: (key, other) => keys.wireName(new Key(key, other === undefined ? place : inScopeOf(place, other))),
    makeKeys: (names) => listArgument(names, 'Keys').map((name) => helpers.makeKey(name)),
    encode: (value) => codec.encode(value),
    encodeValues: (values) =>
      listArgument(values, 'What encodeValues takes', 'values').map((value) => codec.encode(value)),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the reader, who declares T, knows the type of the value
    decode: (data) => decodeReply(data, decode) as never,
    decodeValues: (data) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the reader, who declares T, knows the type of the value
      readEach(listArgument(data, 'What decodeValues takes', 'stored values'), (item) =>
        decodeReply(item, decode),
      ) as never,
  };
  return helpers;
}

/** Integers arrive as numbers, which nothing has encoded. */
function decodeReply(data: unknown, decode: Decode): unknown {
  if (data === null || data === undefined) return undefined;
  return Buffer.isBuffer(data) ? decode(data) : data;
}

function checkNumber({ name, numKeys }: RegisteredScript, keys: readonly string[]): void {
  if (numKeys === undefined || keys.length === numKeys) return;
  throw new ScriptError(`Script ${name} takes ${numKeys} ${numKeys === 1 ? 'key' : 'keys'}, not ${keys.length}`);
}

/** The wire name of a key, as a hook has returned it. */
function wireOf(wire: string): string | Buffer {
  return wire.isWellFormed() ? wire : bytesOfName(wire, 'A key');
}

function scriptArgument(arg: unknown, index: number): Argument {
  if (typeof arg === 'string' || typeof arg === 'number' || Buffer.isBuffer(arg)) return arg;
  if (arg instanceof Promise) return arg;
  if (typeof arg === 'bigint') return String(arg);
  throw new TypeError(
    `Argument ${index + 1} of a script must be a string, a number or a Buffer, not ${describe(arg)}: ` +
      'fullEncodePre encodes other values',
  );
}

async function answerOf<T>(script: RegisteredScript<T>, helpers: ScriptHelpers, reply: unknown): Promise<T> {
  checkIntegers(reply);
  try {
    return await script.postFunc(helpers, reply);
  } catch (error) {
    if (error instanceof CachexError) throw error;
    throw new ScriptError(`postFunc of script ${script.name}: ${errorText(error)}`, { cause: error });
  }
}

/** Beyond 2^53 a number is no longer the integer that the script returned, but one nearby. */
function checkIntegers(reply: unknown): void {
  const rest = [reply];
  while (rest.length > 0) {
    const item = rest.pop();
    if (Array.isArray(item)) for (const element of item) rest.push(element);
    else if (typeof item === 'number' && !Number.isSafeInteger(item)) {
      throw new RangeError('the reply holds an integer outside the safe range: return it as text, with tostring');
    }
  }
}
