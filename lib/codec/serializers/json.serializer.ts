import type { Serializer } from './serializer.js';
import { isDecimalNumber } from './decimal.js';
import { SerializerError } from '../../errors/index.js';
import { hasRoundedInteger } from './exact-integers.js';
import { JsonInspector } from './json.inspector.js';

/**
 * Plain JSON, which other programs can read and write. Values that JSON would lose are refused: `Map`, `Set`, `bigint`,
 * `NaN`, infinities, Buffers, typed arrays, `RegExp`, `Error`, `undefined` in arrays, invalid Dates, cycles, functions.
 *
 * As in all JSON, a `Date` becomes its ISO text and stays text, a property that is `undefined` is left out, `-0` inside
 * a value becomes `0`, and an instance of a class becomes a plain object or the result of its `toJSON()`. Unsafe
 * integers from other programs cannot be read: a number would round them.
 *
 * @publicApi
 * @example
 * CachexModule.forRoot({ serializer: new JsonSerializer() }) // the same as 'json'
 */
export class JsonSerializer implements Serializer {
  readonly name = 'json';

  serialize(value: unknown): Buffer {
    if (typeof value === 'number' && Number.isFinite(value) && !isDecimalNumber(value)) return numberText(value);
    new JsonInspector(this.name).inspect(value);
    return Buffer.from(JSON.stringify(value));
  }

  deserialize(data: Buffer): unknown {
    const text = data.toString();
    const value: unknown = JSON.parse(text);
    if (hasRoundedInteger(data, text)) {
      throw new SerializerError('The JSON holds an integer outside the safe range: store it as a string');
    }
    return value;
  }
}

/** `-0`, and unsafe integers, whose plain digits would be read as a `bigint`. */
function numberText(value: number): Buffer {
  return Buffer.from(value === 0 ? '-0' : value.toExponential());
}
