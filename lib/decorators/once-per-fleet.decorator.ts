import { checkOptions, type NamesOf } from '../arguments/option-names.js';
import { checkVersion, versionNames } from '../arguments/version.js';
import { decorate } from './decorate.js';
import { OncePerFleetOperation, type OncePerFleetOptions } from './operations/once-per-fleet.operation.js';
import type { OfArguments, TypedMethodDecorator } from './options/typed-method-decorator.js';

const known: NamesOf<OncePerFleetOptions> = { ...versionNames, key: true, window: true, onError: true, cache: true };

/**
 * Runs a method that every process calls at the same instants, as a timer of `@nestjs/schedule` does, in one of them: the
 * first that comes. The others get `undefined`. What that process does not end, as it crashes, no other does for this
 * instant. Redis: `EVALSHA`.
 *
 * @publicApi
 * @throws TypeError, RangeError for options that make no sense
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
