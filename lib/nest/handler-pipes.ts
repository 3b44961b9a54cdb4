import type { Type } from '@nestjs/common';
import type { DeclaredMethod } from './declared-method.js';
import { routeArguments } from './handler-parameters.js';
import * as nest from './nest-metadata.js';

/** Classes of the pipes of a handler: of its class, its own, and of its parameters. Instances are nobody's request. */
export function handlerPipes(host: Type, method: DeclaredMethod): Type[] {
  const handler: object | undefined = host.prototype[method.name];
  const pipes: unknown[] = [host, handler].flatMap(
    (target) => (target && Reflect.getMetadata(nest.pipes, target)) ?? [],
  );
  for (const parameter of Object.values(routeArguments(host, method) ?? {})) pipes.push(...(parameter.pipes ?? []));
  return pipes.filter((pipe): pipe is Type => typeof pipe === 'function');
}
