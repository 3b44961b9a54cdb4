import type { Type } from '@nestjs/common';
import type { DeclaredMethod } from './declared-method.js';
import { routeArguments } from './handler-parameters.js';
import * as nest from './nest-metadata.js';

/**
 * The classes of the pipes of a handler: those of its class, its own, and those of its parameters. Instances cannot
 * hold a request.
 */
export function handlerPipes(host: Type, method: DeclaredMethod): Type[] {
  const handler: object | undefined = host.prototype[method.name];
  const pipes: unknown[] = [host, handler].flatMap(
    (target) => (target && Reflect.getMetadata(nest.pipes, target)) ?? [],
  );
  for (const parameter of Object.values(routeArguments(host, method) ?? {})) pipes.push(...(parameter.pipes ?? []));
  return pipes.filter((pipe): pipe is Type => typeof pipe === 'function');
}
