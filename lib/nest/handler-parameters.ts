import type { ExecutionContext, Type } from '@nestjs/common';
import type { DeclaredMethod } from './declared-method.js';
import { mayTake } from './may-take.js';
import * as nest from './nest-metadata.js';
import { type ParameterKind, type TransportName, transports } from './transports.js';

/** Nest's metadata of a parameter decorator; `factory` is that of `createParamDecorator`. */
export interface RouteArgument {
  readonly index: number;
  readonly data?: unknown;
  readonly factory?: (data: unknown, context: ExecutionContext) => unknown;
  readonly pipes?: readonly unknown[];
}

/** A parameter of a handler. */
export interface HandlerParameter {
  readonly index: number;
  /** As written in code, for errors: `@Headers('accept')`. */
  readonly decorator: string;
  readonly keyable: boolean;
  /** The client's name for a part of its request that may be missing: `headers.accept`. */
  readonly sent?: string;
  /** The raw value, before pipes. Left out if the value does not exist yet when an interceptor runs. */
  readonly read?: (context: ExecutionContext) => unknown;
}

const unknownKind: ParameterKind = { decorator: 'a parameter of a kind unknown to nest-cachex', keyable: false };

/** The parameters of a handler, in order, from their decorators. */
export function handlerParameters(host: Type, method: DeclaredMethod, transport: TransportName): HandlerParameter[] {
  const declared = routeArguments(host, method);
  const parameters = declared
    ? Object.entries(declared).map(([key, argument]) => parameterOf(key, argument, transport))
    : undecorated(method, transport);
  return parameters.toSorted((a, b) => a.index - b.index);
}

/** The raw values of a handler's parameters. */
export async function handlerArguments(
  parameters: readonly HandlerParameter[],
  context: ExecutionContext,
): Promise<unknown[]> {
  const args: unknown[] = [];
  for (const { index, read } of parameters) {
    const value = read?.(context);
    // No other thenables: Fastify's reply is one, and resolves when the answer has been sent.
    args[index] = value instanceof Promise ? await value : value;
  }
  return Array.from(args);
}

/** Whether the handler answers by itself, so that Nest never sees the result. */
export function answersByItself(host: Type, method: DeclaredMethod): boolean {
  if (Reflect.getMetadata(nest.responsePassthrough, host, method.name)) return false;
  const { response, next } = nest.httpParameter;
  const takesOver = (key: string) => key.startsWith(`${response}:`) || key.startsWith(`${next}:`);
  return Object.keys(routeArguments(host, method) ?? {}).some(takesOver);
}

/** A mixin may have copied the method to a class without its metadata. */
export function routeArguments(host: Type, { owner, name }: DeclaredMethod): Record<string, RouteArgument> | undefined {
  return (
    Reflect.getMetadata(nest.routeArguments, host, name) ??
    Reflect.getMetadata(nest.routeArguments, owner.constructor, name)
  );
}

function parameterOf(key: string, { index, data, factory }: RouteArgument, transport: TransportName): HandlerParameter {
  if (key.includes(nest.customRouteArguments)) {
    return { index, decorator: 'a custom decorator', keyable: true, read: (context) => factory?.(data, context) };
  }
  return builtIn(index, transports[transport].parameters[Number(key.split(':')[0])], data);
}

/** Nest calls a handler without parameter decorators with every argument, whether the handler uses it or not. */
function undecorated({ original }: DeclaredMethod, name: TransportName): HandlerParameter[] {
  const { undecorated: kinds, parameters } = transports[name];
  const taken = kinds.length === 0 ? 0 : mayTake(original);
  return kinds
    .map((kind, index) => builtIn(index, parameters[kind]))
    .filter(({ keyable, index }) => keyable || index < taken);
}

function builtIn(index: number, kind: ParameterKind = unknownKind, data?: unknown): HandlerParameter {
  const name = typeof data === 'string' && data !== '' ? data : undefined;
  const { read } = kind;
  return {
    index,
    decorator: name === undefined ? kind.decorator : kind.decorator.replace('()', `('${name}')`),
    keyable: kind.keyable === 'named' ? name !== undefined : kind.keyable,
    sent: kind.sent && (name === undefined ? kind.sent : `${kind.sent}.${name}`),
    read: read && ((context) => read(context.getArgs(), name)),
  };
}
