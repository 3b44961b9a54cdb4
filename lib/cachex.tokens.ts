import { Inject } from '@nestjs/common';
import { CachexService } from './cachex.service.js';

/** The name of the instance without a name. */
export const defaultName = 'default';

/**
 * The injection token of an instance: the class `CachexService` for the default one, a string for a named one. For
 * factories, and for `overrideProvider` in tests.
 *
 * @publicApi
 * @example
 * const module = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(getCachexToken('sessions'))
 *   .useValue(fake)
 *   .compile();
 */
export function getCachexToken(name: string = defaultName): typeof CachexService | string {
  return name === defaultName ? CachexService : `CachexService:${name}`;
}

/**
 * The injection token of the connection pool of an instance.
 *
 * @publicApi
 * @example
 * const module = await Test.createTestingModule({ imports: [AppModule] })
 *   .overrideProvider(getConnectionPoolToken())
 *   .useValue(testing.pool)
 *   .compile();
 */
export function getConnectionPoolToken(name: string = defaultName): string {
  return `CachexConnectionPool:${name}`;
}

/** The token under which an instance's own module provides its name: only this identifies the module. */
export const instanceNameToken = Symbol('CachexInstanceName');

/**
 * Injects the instance with that name, or the default one.
 *
 * @publicApi
 * @example
 * constructor(@InjectCachex('sessions') private readonly sessions: CachexService) {}
 */
export function InjectCachex(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(getCachexToken(name));
}
