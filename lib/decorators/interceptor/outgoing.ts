import { canBeReadOnce } from '../operations/read-once.js';

/** A response of express or Fastify: the part that shows what is sent. */
interface Outgoing {
  send(body?: unknown): unknown;
  getHeader(name: string): unknown;
  header(name: string, value: string): unknown;
  /** Fastify. */
  serializer?(serialize: ((body: unknown) => unknown) | null): unknown;
  /** Fastify. */
  serialize?(body: unknown): string | Buffer;
  /** Fastify: the response of Node.js. */
  readonly raw?: object;
}

/**
 * Calls the hook with the bytes of a response, after all interceptors and filters; if it returns `true`, the body is
 * left out. Express calls `send` with the text of an object, Fastify with the object, which its own hooks still see.
 */
export function whenSent(response: Outgoing, hook: (bytes: string | Buffer) => boolean): void {
  const send = response.send.bind(response);
  response.send = (body?: unknown) => {
    const bytes = isNothing(response, body) ? '' : bytesOf(body);
    if (bytes !== undefined) {
      response.send = send;
      return send(hook(bytes) ? undefined : body);
    }
    if (response.serializer && !canBeReadOnce(body) && !(body instanceof Error) && isJson(response)) {
      response.send = send;
      // With a serializer, Fastify leaves that to it.
      const given = response.getHeader('content-type');
      const type = typeof given === 'string' ? given : 'application/json';
      if (!/;\s*charset=/i.test(type)) response.header('Content-Type', `${type}; charset=utf-8`);
      response.serializer((last) => {
        response.serializer?.(null);
        const text = response.serialize?.(last) ?? '';
        return hook(text) ? undefined : text;
      });
    }
    return send(body);
  };
}

/** Fastify turns `null` into JSON, unless the answer has another type. */
function isNothing(response: Outgoing, body: unknown): boolean {
  if (body !== null || !response.serializer) return body === undefined || body === null;
  return !isJson(response);
}

/** Whether Fastify turns an object into JSON: no other type is set. */
function isJson(response: Outgoing): boolean {
  const type = response.getHeader('content-type');
  return typeof type !== 'string' || type.includes('json');
}

function bytesOf(body: unknown): string | Buffer | undefined {
  if (typeof body === 'string' || Buffer.isBuffer(body)) return body;
  return body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : undefined;
}

const setters = ['header', 'setHeader', 'appendHeader'] as const;
type Setter = (name: string, ...rest: unknown[]) => unknown;

/** Sessions set their cookie at the last moment, through any of these. */
export function sendsCookie(response: Outgoing, hook: () => void): void {
  if (response.getHeader('set-cookie') !== undefined) return hook();
  for (const target of response.raw ? [response, response.raw] : [response]) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what Node.js and both platforms have, looked for one by one
    const methods = target as Partial<Record<(typeof setters)[number], Setter>>;
    for (const name of setters) {
      const set = methods[name];
      if (set) {
        methods[name] = function (this: unknown, header, ...rest) {
          const result = set.call(this, header, ...rest);
          if (typeof header === 'string' && header.toLowerCase() === 'set-cookie') hook();
          return result;
        };
      }
    }
  }
}
