import { decorate } from './decorate.js';
import { IdempotentOperation, type IdempotentOptions } from './operations/idempotent.operation.js';
import type { OfArguments, TypedMethodDecorator } from './options/typed-method-decorator.js';

/**
 * Runs an HTTP handler once per `Idempotency-Key`, however often the request is sent and to whichever process. Repeated
 * requests get the status, the headers and the body of the first
 * (draft-ietf-httpapi-idempotency-key-header): 400 if the key is missing, 409 while the first is under way, 422 for
 * another request under the same key, 503 while Redis is away. Answers of 500 and above are not kept.
 *
 * @publicApi
 * @throws TypeError, RangeError for invalid options
 * @example
 * @Post('orders')
 * @Idempotent({ timeout: '24h', by: '{user.id}' })
 * async checkOut(@Body() cart: Cart): Promise<Order> { … }
 */
export function Idempotent<Key extends OfArguments<string>, By extends OfArguments<string>>(
  options: IdempotentOptions<Key, By>,
): TypedMethodDecorator<{ key: Key; by: By }> {
  return decorate(new IdempotentOperation(options));
}
