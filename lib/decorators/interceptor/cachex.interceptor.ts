import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { isObservable, lastValueFrom, type Observable, of } from 'rxjs';
import { decoratedMethod } from '../runtime/decorated-method.js';
import { decoratedMethodOf } from '../runtime/discovery.js';
import { execute } from '../runtime/execute.js';
import { Handling, whileHandling } from '../runtime/handling.js';
import { runtimeOfModule } from '../runtime/find-runtime.js';
import { MethodCall } from '../runtime/method-call.js';
import { HandlerAnswer, type HandlerRequest, type HandlerResponse } from './handler-answer.js';
import { handlerArguments } from '../../nest/handler-parameters.js';
import { hasOthersAround, versionHeader } from '../../nest/application-config.js';
import type { TransportName } from '../../nest/transports.js';
import { valueOrStream } from './value-or-stream.js';

/** Runs the operations of a handler's decorators, after the guards; their wrapper does nothing meanwhile. */
@Injectable()
export class CachexInterceptor implements NestInterceptor {
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const host = context.getClass();
    const method = decoratedMethod(context.getHandler()) ?? decoratedMethodOf(context.getHandler(), host);
    const site = method && runtimeOfModule(this.moduleRef, method)?.site(method, host);
    // Other code calls handlers, too: queues, bots. They pass the method's own arguments, and the wrapper acts.
    const transport = context.getType<TransportName>();
    if (!method || !site?.transports.includes(transport)) return next.handle();
    const args = await handlerArguments(site.parametersOf(transport), context);
    const call = new MethodCall(site, args, context, this.answerOf(context));
    const result = await execute(method.operations, call, () =>
      this.callHandler(new Handling(method, call), context, next),
    );
    return isObservable(result) ? result : of(result);
  }

  private answerOf(context: ExecutionContext): HandlerAnswer | undefined {
    if (context.getType() !== 'http') return undefined;
    const http = context.switchToHttp();
    const response = http.getResponse<HandlerResponse>();
    return new HandlerAnswer(http.getRequest<HandlerRequest>(), response, this.adapterHost.httpAdapter, {
      hasOthersAround: () => hasOthersAround(this.moduleRef, context, CachexInterceptor),
      versionHeader: () => versionHeader(this.moduleRef),
    });
  }

  /** HTTP and GraphQL send the last value of an Observable. Other transports send all values, so it is passed on. */
  private callHandler(handling: Handling, context: ExecutionContext, next: CallHandler): Promise<unknown> {
    const type = context.getType<TransportName>();
    return whileHandling(handling, () =>
      type === 'http' || type === 'graphql'
        ? lastValue(next.handle())
        : valueOrStream(next.handle(), () => handling.returnedObservable),
    );
  }
}

function lastValue(source: Observable<unknown>): Promise<unknown> {
  return lastValueFrom(source, { defaultValue: undefined });
}
