import { type ArgumentsHost, Catch, type ExceptionFilter, ServiceUnavailableException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CommandTimeoutError, ConnectionError, LockError, SemaphoreError } from 'nest-cachex';

/** Calls fail fast while Redis is away, and wait for a lock only as long as allowed; then visitors get a 503, not a 500. */
@Catch(ConnectionError, CommandTimeoutError, LockError, SemaphoreError)
export class RedisAwayFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: Error, host: ArgumentsHost): void {
    const isBusy = error instanceof LockError || error instanceof SemaphoreError;
    const answer = new ServiceUnavailableException(`The shop is ${isBusy ? 'busy' : 'closed'} for a moment`);
    const response = host.switchToHttp().getResponse<unknown>();
    this.adapterHost.httpAdapter.reply(response, answer.getResponse(), answer.getStatus());
  }
}
