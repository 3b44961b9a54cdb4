/**
 * Names and numbers under which Nest stores what its decorators declare. No public entry point of Nest 11 and 12
 * exports all of them; a test compares them with the packages.
 */

export const routeArguments = '__routeArguments__';
export const customRouteArguments = '__customRouteArgs__';
export const responsePassthrough = '__responsePassthrough__';
export const serverSentEvents = '__sse__';
export const interceptors = '__interceptors__';
export const pipes = '__pipes__';
export const scopeOptions = 'scope:options';

/** The metadata that marks a handler of each transport. */
export const handlerMetadata = {
  http: ['path'],
  rpc: ['microservices:pattern'],
  ws: ['websockets:message_mapping'],
  graphql: ['graphql:resolver_type', 'graphql:resolve_property', 'graphql:resolve_reference'],
} as const;

export const constructorTypes = 'design:paramtypes';
export const constructorTokens = 'self:paramtypes';
export const propertyTokens = 'self:properties_metadata';

/** Kinds of parameters: numbers in the metadata, different ones for each transport. */
export const httpParameter = {
  request: 0,
  response: 1,
  next: 2,
  body: 3,
  query: 4,
  param: 5,
  headers: 6,
  session: 7,
  file: 8,
  files: 9,
  host: 10,
  ip: 11,
  rawBody: 12,
  ack: 13,
  cookies: 14,
  signedCookies: 15,
} as const;

export const rpcParameter = { payload: 3, context: 6, grpcCall: 9 } as const;

export const wsParameter = { socket: 0, payload: 3, ack: 13 } as const;

export const graphqlParameter = { root: 0, context: 1, info: 2, args: 3 } as const;
