import { applyDecorators, Controller, UseGuards, UseInterceptors, VERSION_NEUTRAL } from '@nestjs/common';
import { AccessGuard } from './access.guard.js';
import { ErrorsInterceptor } from './errors.interceptor.js';
import { SameOriginGuard } from './same-origin.guard.js';

/** Declares a controller for the requests of the page. */
export const AdminApi = (path: string): ClassDecorator =>
  applyDecorators(
    Controller({ path, version: VERSION_NEUTRAL }),
    UseGuards(AccessGuard, SameOriginGuard),
    UseInterceptors(ErrorsInterceptor),
  );
