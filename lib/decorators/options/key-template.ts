import { BadRequestException } from '@nestjs/common';
import { describe } from '../../arguments/arguments.js';
import { type TransportName, transports } from '../../nest/transports.js';
import type { CallOption } from './call-option.js';
import type { MethodCall } from '../runtime/method-call.js';
import type { MethodSite } from '../runtime/method-site.js';

/** A placeholder in a template, and its default text. */
interface Part {
  readonly path: readonly string[];
  readonly orElse?: string;
}

const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;
const PART = /^([\w$-]+(?:\.[\w$-]+)*)(?::(.*))?$/s;
const INDEX = /^\d+$/;

/**
 * A text with placeholders for parts of a call. `{0}` is the first argument, `{0.id}` a property of it; handlers also
 * have names, such as `{params.id}` for an HTTP request and `{args.id}` for a resolver. `{query.page:1}` is `1` if it
 * is missing. `{{` and `}}` are literal braces.
 */
export class KeyTemplate implements CallOption<string> {
  /** Literal text and parts in turn, beginning with text. */
  private readonly texts: string[] = [''];
  private readonly parts: Part[] = [];

  /** @throws TypeError if it is not a valid template */
  constructor(
    private readonly source: string,
    private readonly what: string,
    private readonly escape = (part: string) => part,
  ) {
    if (typeof source !== 'string' || source === '') {
      throw new TypeError(
        `${what} must be a non-empty string, not ${source === '' ? 'an empty one' : describe(source)}`,
      );
    }
    this.parse();
  }

  check(site: MethodSite): void {
    const named = this.parts.find(({ path: [root] }) => !INDEX.test(root!));
    if (!named || site.isHandler) return;
    site.refuse(
      this.what,
      `cannot use {${named.path.join('.')}}: outside of handlers, name arguments by position, such as {0} or {0.id}`,
    );
  }

  /**
   * @throws TypeError if a part is missing: a key with the text `undefined` would be shared by all callers without it
   * @throws BadRequestException if the client should have sent it
   */
  read(call: MethodCall): string {
    let text = this.texts[0]!;
    for (let index = 0; index < this.parts.length; index++) {
      text += this.escape(this.textOf(this.parts[index]!, call)) + this.texts[index + 1]!;
    }
    return text;
  }

  private textOf({ path, orElse }: Part, call: MethodCall): string {
    const [root, ...rest] = path;
    let value = INDEX.test(root!) ? call.args[Number(root)] : this.named(root!, call);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any value may have the property
    for (const property of rest) value = (value as Record<string, unknown> | null | undefined)?.[property];
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
    const isMissing = value === undefined || value === null;
    if (isMissing && orElse !== undefined) return orElse;
    const isElsewhere = isMissing && !INDEX.test(root!) && !call.context;
    const why = isElsewhere
      ? 'is part of a request, and this call has none: name arguments by position, such as {0}'
      : `is ${isMissing ? 'missing' : `${describe(value)}, not text`}`;
    const error = new TypeError(`${this.what} of ${call.title}: {${path.join('.')}} of '${this.source}' ${why}`);
    const sent = sentByClient(root!, call);
    throw sent ? new BadRequestException(`${[sent, ...rest].join('.')} ${why}`, { cause: error }) : error;
  }

  private named(root: string, { context }: MethodCall): unknown {
    return context && transports[context.getType<TransportName>()]?.root(context.getArgs(), root);
  }

  private parse(): void {
    let end = 0;
    for (const token of this.source.matchAll(TOKEN)) {
      const [text, inside] = token;
      this.texts[this.texts.length - 1] += this.source.slice(end, token.index);
      end = token.index + text.length;
      const part = inside === undefined ? null : PART.exec(inside);
      if (part) {
        this.parts.push({ path: pathOf(part[1]!), orElse: part[2] });
        this.texts.push('');
      } else if (text === '{{' || text === '}}') {
        this.texts[this.texts.length - 1] += text[0]!;
      } else {
        throw new TypeError(
          `${this.what}: '${this.source}' is not a valid template: write {0.id}, {params.id} or {query.page:1}, and double literal braces`,
        );
      }
    }
    this.texts[this.texts.length - 1] += this.source.slice(end);
  }
}

/** Node.js has the names of headers in lower case, however a client has written them. */
function pathOf(text: string): string[] {
  const [root, ...rest] = text.split('.');
  return [root!, ...(root === 'headers' ? rest.map((name) => name.toLowerCase()) : rest)];
}

/** The client's name for the first part; `undefined` if the client does not send it. */
function sentByClient(root: string, { context, site }: MethodCall): string | undefined {
  if (context === undefined) return undefined;
  const transport = context.getType<TransportName>();
  if (INDEX.test(root)) return site.parametersOf(transport).find(({ index }) => index === Number(root))?.sent;
  return Object.values(transports[transport].parameters).find(({ sent }) => sent === root)?.sent;
}
