import { type ArgumentsHost, Catch, type ExceptionFilter, ServiceUnavailableException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CommandTimeoutError, ConnectionError } from 'nest-cachex';

/** Calls fail fast while Redis is away; visitors get a 503 then instead of a 500. */
@Catch(ConnectionError, CommandTimeoutError)
export class RedisAwayFilter implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(_error: ConnectionError | CommandTimeoutError, host: ArgumentsHost): void {
    const answer = new ServiceUnavailableException('The shop is closed for a moment');
    const response = host.switchToHttp().getResponse<unknown>();
    this.adapterHost.httpAdapter.reply(response, answer.getResponse(), answer.getStatus());
  }
}
