import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { checkVersion, versionNames } from '../arguments/version.js';
import { decorate } from './decorate.js';
import { OncePerFleetOperation, type OncePerFleetOptions } from './operations/once-per-fleet.operation.js';
import type { OfArguments, TypedMethodDecorator } from './options/typed-method-decorator.js';

const known: NamesOf<OncePerFleetOptions> = { ...versionNames, key: true, window: true, onError: true, cache: true };

/**
 * Many processes call this method at the same instants, for example by a timer of `@nestjs/schedule`. The first one
 * that calls runs it; the others get `undefined`. If that process crashes meanwhile, no other runs the method for this
 * instant. Redis: `EVALSHA`.
 *
 * @publicApi
 * @throws TypeError, RangeError for invalid options
 * @example
 * @Cron('0 3 * * *')
 * @OncePerFleet({ window: '1m' })
 * async sendInvoices(): Promise<void> { … }
 */
export function OncePerFleet<Key extends OfArguments<string>>(
  options: OncePerFleetOptions<Key>,
): TypedMethodDecorator<{ key: Key }> {
  checkOptions(options, known, '@OncePerFleet', "{ window: '1m' }");
  if (options.version !== undefined) checkVersion(options.version);
  return decorate(new OncePerFleetOperation(options));
}
