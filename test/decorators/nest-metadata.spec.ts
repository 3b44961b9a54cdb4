import * as common from '@nestjs/common/internal';
import { GqlParamtype } from '@nestjs/graphql/dist/enums/gql-paramtype.enum.js';
import * as graphql from '@nestjs/graphql/dist/graphql.constants.js';
import * as microservices from '@nestjs/microservices/constants.js';
import { RpcParamtype } from '@nestjs/microservices/enums/rpc-paramtype.enum.js';
import * as websockets from '@nestjs/websockets/constants.js';
import { WsParamtype } from '@nestjs/websockets/enums/ws-paramtype.enum.js';
import { describe, expect, it } from 'vitest';
import * as ours from '../../lib/nest/nest-metadata.js';

/** `RAW_BODY` in Nest's enum is `rawBody` here. */
function camelCased(enumeration: object): Record<string, unknown> {
  const names = Object.entries(enumeration).filter(([name]) => Number.isNaN(Number(name)));
  const camel = (name: string) => name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(names.map(([name, value]) => [camel(name), value]));
}

describe('the library’s knowledge of Nest', () => {
  it.each([
    ['HTTP', ours.httpParameter, common.RouteParamtypes],
    ['RPC', ours.rpcParameter, RpcParamtype],
    ['WebSocket', ours.wsParameter, WsParamtype],
    ['GraphQL', ours.graphqlParameter, GqlParamtype],
  ])('kinds of parameters of %s', (_, known, enumeration) => {
    expect(known).toEqual(camelCased(enumeration));
  });

  it('names of metadata', () => {
    expect(ours.routeArguments).toBe(common.ROUTE_ARGS_METADATA);
    expect(ours.customRouteArguments).toBe(common.CUSTOM_ROUTE_ARGS_METADATA);
    expect(ours.responsePassthrough).toBe(common.RESPONSE_PASSTHROUGH_METADATA);
    expect(ours.serverSentEvents).toBe(common.SSE_METADATA);
    expect(ours.interceptors).toBe(common.INTERCEPTORS_METADATA);
    expect(ours.pipes).toBe(common.PIPES_METADATA);
    expect(ours.scopeOptions).toBe(common.SCOPE_OPTIONS_METADATA);
    expect(ours.constructorTypes).toBe(common.PARAMTYPES_METADATA);
    expect(ours.constructorTokens).toBe(common.SELF_DECLARED_DEPS_METADATA);
    expect(ours.propertyTokens).toBe(common.PROPERTY_DEPS_METADATA);
    expect(ours.handlerMetadata).toEqual({
      http: [common.PATH_METADATA],
      rpc: [microservices.PATTERN_METADATA],
      ws: [websockets.MESSAGE_MAPPING_METADATA],
      graphql: [
        graphql.RESOLVER_TYPE_METADATA,
        graphql.RESOLVER_PROPERTY_METADATA,
        graphql.RESOLVER_REFERENCE_METADATA,
      ],
    });
  });
});
