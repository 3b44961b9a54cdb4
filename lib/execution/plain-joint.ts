import type { Command } from '../command-model/command.js';
import type { WireCommand } from '../wire/connection-pool.js';
import type { ArgumentEncoder } from './argument-encoder.js';
import { LateArguments } from './late-arguments.js';
import type { Slots } from './slots.js';

/**
 * The wire commands of a read and those ahead of it, without the steps that only other commands need: reads with a time
 * to live are as frequent as reads without. `undefined` for anything else: scripts, other forms, late arguments, and
 * refused arguments, whose error gets its name elsewhere.
 */
export function plainJoint(
  command: Command<unknown>,
  encoder: ArgumentEncoder,
  slots: Slots | undefined,
): WireCommand[] | undefined {
  if (command.access !== 'read' || command.behind || command.script || command.otherwise) return undefined;
  const wires: WireCommand[] = [];
  try {
    for (const each of [...command.ahead!, command]) {
      const { name, access, args, script } = each;
      const encoded = encoder.encode(args);
      if (script || encoded instanceof LateArguments) return undefined;
      // Commands ahead may be about other keys.
      wires.push({ name, args: encoded, access, slot: slots?.ofCommand(each) });
    }
    return wires;
  } catch {
    return undefined;
  }
}
