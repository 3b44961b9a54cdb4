/* oxlint-disable typescript/no-unsafe-type-assertion -- the transport determines the arguments of a handler; parts are looked up in any value */
import * as nest from './nest-metadata.js';

/** The transports of handlers. A method with decorators of several has more than one. */
export type TransportName = keyof typeof nest.handlerMetadata;

/** The result of `getArgs()` of an `ExecutionContext`. */
type HandlerArguments = readonly unknown[];
type Properties = Readonly<Record<string, unknown>>;

/** One kind of parameter of a handler, such as `@Param()`. */
export interface ParameterKind {
  /** As written in code, for errors. */
  readonly decorator: string;
  /** The raw value, before pipes. Left out if the value does not exist yet when an interceptor runs. */
  readonly read?: (args: HandlerArguments, name: string | undefined) => unknown;
  /**
   * Whether the value can be part of a key: `'named'` if only a single part of it can (`@Headers('accept')`). Values
   * that identify the caller, or are no data, cannot.
   */
  readonly keyable: boolean | 'named';
  /** The client's name for a part of its request. If that is missing, the client is wrong, not the application. */
  readonly sent?: string;
}

export interface Transport {
  readonly parameters: Readonly<Record<number, ParameterKind>>;
  /** The arguments of a handler without parameter decorators. */
  readonly undecorated: readonly number[];
  /** The value of a template's first part, such as `params` in `'{params.id}'`. */
  root(args: HandlerArguments, name: string): unknown;
}

const whole =
  (position: number): ParameterKind['read'] =>
  (args) =>
    args[position];

const part =
  (position: number): ParameterKind['read'] =>
  (args, name) =>
    partOf(args[position], name);

const ofRequest =
  (property: string): ParameterKind['read'] =>
  (args, name) =>
    partOf((args[0] as Properties)[property], name);

const sent = (property: string) => ({ sent: property, read: ofRequest(property) });

const ofResolver =
  (position: number): ParameterKind['read'] =>
  (args, name) =>
    partOf(resolverArguments(args)[position], name);

/** Reference resolvers (of federated graphs) are called without `args`. */
function resolverArguments(given: HandlerArguments): HandlerArguments {
  return given.length === 3 ? [given[0], undefined, given[1], given[2]] : given;
}

/** If a client sends an array or bytes instead of an object, only own properties count. */
function partOf(value: unknown, name: string | undefined): unknown {
  if (name === undefined || name === '' || value === undefined || value === null) return value;
  if (typeof value === 'object' && !Array.isArray(value) && !ArrayBuffer.isView(value)) {
    return (value as Properties)[name];
  }
  return Object.hasOwn(Object(value), name) ? (value as Properties)[name] : undefined;
}

const http: Transport = {
  parameters: {
    [nest.httpParameter.request]: { decorator: '@Req()', read: whole(0), keyable: false },
    [nest.httpParameter.response]: { decorator: '@Res()', read: whole(1), keyable: false },
    [nest.httpParameter.next]: { decorator: '@Next()', read: whole(2), keyable: false },
    [nest.httpParameter.body]: { ...sent('body'), decorator: '@Body()', keyable: true },
    [nest.httpParameter.query]: { ...sent('query'), decorator: '@Query()', keyable: true },
    [nest.httpParameter.param]: { ...sent('params'), decorator: '@Param()', keyable: true },
    [nest.httpParameter.headers]: {
      ...sent('headers'),
      decorator: '@Headers()',
      read: (args, name) => partOf((args[0] as Properties)['headers'], name?.toLowerCase()),
      keyable: 'named',
    },
    [nest.httpParameter.session]: { decorator: '@Session()', read: ofRequest('session'), keyable: false },
    [nest.httpParameter.file]: { decorator: '@UploadedFile()', keyable: false },
    [nest.httpParameter.files]: { decorator: '@UploadedFiles()', keyable: false },
    [nest.httpParameter.host]: { decorator: '@HostParam()', read: ofRequest('hosts'), keyable: true },
    [nest.httpParameter.ip]: { decorator: '@Ip()', read: ofRequest('ip'), keyable: true },
    [nest.httpParameter.rawBody]: { decorator: '@RawBody()', read: ofRequest('rawBody'), keyable: true },
    [nest.httpParameter.cookies]: { decorator: '@Cookies()', keyable: false, sent: 'cookies' },
    [nest.httpParameter.signedCookies]: { decorator: '@SignedCookies()', keyable: false },
  },
  undecorated: [],
  root: ([request], name) => (request as Properties)[name],
};

const rpc: Transport = {
  parameters: {
    [nest.rpcParameter.payload]: { decorator: '@Payload()', read: part(0), keyable: true },
    [nest.rpcParameter.context]: { decorator: '@Ctx()', read: whole(1), keyable: false },
    [nest.rpcParameter.grpcCall]: { decorator: '@GrpcCall()', read: whole(2), keyable: false },
  },
  undecorated: [nest.rpcParameter.payload, nest.rpcParameter.context, nest.rpcParameter.grpcCall],
  root: ([data, context], name) => partOf({ data, context }, name),
};

const ws: Transport = {
  parameters: {
    [nest.wsParameter.socket]: { decorator: '@ConnectedSocket()', read: whole(0), keyable: false },
    [nest.wsParameter.payload]: { decorator: '@MessageBody()', read: part(1), keyable: true },
    [nest.wsParameter.ack]: { decorator: '@Ack()', keyable: false },
  },
  undecorated: [nest.wsParameter.socket, nest.wsParameter.payload, nest.wsParameter.ack],
  root: ([client, data], name) => partOf({ client, data }, name),
};

const graphql: Transport = {
  parameters: {
    [nest.graphqlParameter.root]: { decorator: '@Parent()', read: whole(0), keyable: true },
    [nest.graphqlParameter.args]: { decorator: '@Args()', read: ofResolver(1), keyable: true },
    [nest.graphqlParameter.context]: { decorator: '@Context()', read: ofResolver(2), keyable: 'named' },
    [nest.graphqlParameter.info]: { decorator: '@Info()', read: ofResolver(3), keyable: false },
  },
  undecorated: [
    nest.graphqlParameter.root,
    nest.graphqlParameter.args,
    nest.graphqlParameter.context,
    nest.graphqlParameter.info,
  ],
  root: (given, name) => {
    const [root, args, context, info] = resolverArguments(given);
    return partOf({ root, args, context, info }, name);
  },
};

export const transports: Readonly<Record<TransportName, Transport>> = { http, rpc, ws, graphql };
