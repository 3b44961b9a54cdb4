import type { Command } from '../command-model/command.js';
import { allOf } from '../waiting/all-of.js';
import { NotSupportedError } from '../errors/index.js';
import type { ConnectionPool, WireCommand } from '../wire/connection-pool.js';
import { has, inWords, type ServerVersion } from '../wire/server-version.js';
import { describeCommand } from './error-mapper.js';
import type { Prepared } from './prepared.js';
import type { Settling } from './settling.js';
import type { Slots } from './slots.js';

export type Outcomes = PromiseSettledResult<unknown>[];

/** Whether only some servers have the command. */
export const isOfSomeServers = ({ command }: Prepared): boolean => command.since !== undefined;

/** Sends each command in the form that its server knows. A command without such a form is not sent. */
export class Fitting {
  constructor(
    private readonly pool: Pick<ConnectionPool, 'serverOf'>,
    private readonly settling: Settling,
  ) {}

  async one<T>(command: Command<T>, slots: Slots | undefined, send: (form: Command<T>) => Promise<T>): Promise<T> {
    let form: Command<T>;
    try {
      const server = this.serverOf({ access: command.access, slot: slots?.ofCommand(command) });
      form = formFor(command, server instanceof Promise ? await server : server);
    } catch (error) {
      return this.settling.recover(error, command);
    }
    return send(form);
  }

  /** Sends nothing of a transaction if one of its commands has no form that fits. */
  async all(
    batch: readonly Prepared[],
    transaction: boolean,
    send: (forms: readonly Prepared[]) => Promise<Outcomes>,
  ): Promise<Outcomes> {
    const forms = await allOf(batch.map((prepared) => this.formOf(prepared)));
    const refusal = transaction ? forms.find((form) => form instanceof Error) : undefined;
    const errors = forms.map((form) => refusal ?? (form instanceof Error ? form : undefined));
    const fitting = forms.filter((form, index): form is Prepared => !errors[index] && !(form instanceof Error));
    const answers = (fitting.length > 0 ? await send(fitting) : []).values();
    return allOf(
      errors.map((error, index) =>
        error ? this.settling.outcome(error, batch[index]!.command) : answers.next().value!,
      ),
    );
  }

  private formOf(prepared: Prepared): Prepared | Error | Promise<Prepared | Error> {
    const { command, slot } = prepared;
    if (!command.since) return prepared;
    try {
      const server = this.serverOf({ access: command.access, slot });
      if (!(server instanceof Promise)) return preparedFor(prepared, server);
      return server.then((known) => preparedFor(prepared, known)).catch((error: Error) => error);
    } catch (error) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- pools throw only errors
      return error as Error;
    }
  }

  private serverOf(place: Pick<WireCommand, 'access' | 'slot'>): ReturnType<NonNullable<ConnectionPool['serverOf']>> {
    return this.pool.serverOf?.(place);
  }
}

/** @throws NotSupportedError if no form fits */
function preparedFor(prepared: Prepared, server: ServerVersion | undefined): Prepared {
  const fitting = formFor(prepared.command, server);
  let form = prepared;
  while (form.command !== fitting) form = form.otherwise!;
  return form;
}

/** If the server does not say what it is, the last form: all servers know it. */
function formFor<T>(command: Command<T>, server: ServerVersion | undefined): Command<T> {
  for (let form: Command<T> | undefined = command; form; form = form.otherwise) {
    const isKnown = !form.since || (server ? has(server, form.since) : !form.otherwise);
    if (isKnown) return form;
  }
  const { product, version } = server!;
  throw new NotSupportedError(
    `${describeCommand(command)} needs ${inWords(command.since!)}, and the server is ${product} ${version}`,
  );
}
