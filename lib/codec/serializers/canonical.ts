import { SerializerError } from '../../errors/index.js';
import { Copier } from '../values/copier.js';
import { MOST_OBJECTS, tooManyObjects } from '../values/inspector.js';
import { escapeText } from './escape.js';
import { packTree } from './packr.js';

/**
 * A deterministic copy of the value: keys and the entries of Maps and Sets are sorted, `toJSON()` is applied, and every
 * `NaN` is the same.
 *
 * @throws SerializerError for a value that contains itself and for an array with holes.
 */
export function canonicalize(value: unknown): unknown {
  return new Canonicalizer().copy(value);
}

class Canonicalizer extends Copier {
  private readonly open = new Set<object>();
  /** The number of objects inside each, itself included. */
  private readonly weights = new Map<object, number>();
  private weight = 0;

  override copy(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return this.copyLeaf(value);
    if (this.open.has(value)) throw refused('contain itself');
    this.open.add(value);
    const outside = this.weight;
    this.weight = this.weights.get(value) ?? 1;
    const copy = super.copy(value);
    this.weights.set(value, this.weight);
    this.weight += outside;
    if (this.weight > MOST_OBJECTS) throw tooManyObjects('msgpack');
    this.open.delete(value);
    return copy;
  }

  protected copyLeaf(leaf: unknown): unknown {
    return Number.isNaN(leaf) ? NaN : leaf;
  }

  protected override copyElements(array: readonly unknown[]): unknown[] {
    for (let index = 0; index < array.length; index++) {
      if (!(index in array)) throw refused('have holes in its arrays');
    }
    return super.copyElements(array);
  }

  /** Ordered by their bytes, the only order across values of all types. */
  protected override order<T>(items: readonly T[]): readonly T[] {
    return items
      .map((item) => ({ item, bytes: packTree(escapeText(item)) }))
      .toSorted((a, b) => a.bytes.compare(b.bytes))
      .map(({ item }) => item);
  }

  protected override orderKeys(keys: readonly string[]): readonly string[] {
    return keys.toSorted();
  }
}

function refused(what: string): SerializerError {
  return new SerializerError(`A member of a set or an element of a list cannot ${what}`);
}
