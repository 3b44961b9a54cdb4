import type { BlockingWireCommand, WireCommand } from '../../wire/connection-pool.js';
import { listIn, textIn } from '../../wire/reply-parts.js';

/**
 * XREAD with the IDs of the last entries in place of `$`. Between two commands of one wait, or two servers, `$` would
 * miss entries that are added in between.
 */
export async function withLastIds(
  command: BlockingWireCommand,
  send: (command: WireCommand) => Promise<unknown>,
): Promise<BlockingWireCommand> {
  if (command.name !== 'XREAD') return command;
  // … BLOCK ms STREAMS key… id…
  const firstKey = command.blocking.argument + 2;
  const count = (command.args.length - firstKey) / 2;
  const args = [...command.args];
  const resolve = async (index: number): Promise<void> => {
    const last: WireCommand = { name: 'XREVRANGE', args: [args[index]!, '+', '-', 'COUNT', '1'], access: 'read' };
    const [entry] = listIn(await send(last));
    args[index + count] = entry === undefined ? '0-0' : textIn(listIn(entry)[0]);
  };
  const keys = Array.from({ length: count }, (_, index) => firstKey + index);
  await Promise.all(keys.filter((index) => String(args[index + count]) === '$').map(resolve));
  return { ...command, args };
}
