import { types } from 'node:util';
import { hasToJSON, typeTag } from '../../codec/values/inspector.js';
import { classOf, isBuiltIn, isPlain, nameOfClass } from '../../nest/class-of.js';
import { isExactly, type KeptType, partsOf } from './kept-type.js';

/** A part of a value that the cache would return changed. */
export interface Loss {
  /** Its name: `Admin`, `Response`, `function`. */
  readonly name: string;
  /** Whether it is an instance of a class that consists of its properties, so that the option `type` can restore it. */
  readonly isOfClass: boolean;
}

/**
 * The first such part. An instance of a class that is not named would come back without its methods, and without its
 * `@Exclude()`; an instance of a subclass, or with a `toJSON()`, as something else than `type` promises.
 */
export function lossIn(value: unknown, type?: KeptType): Loss | undefined {
  return new LossSearch().find(value, type);
}

class LossSearch {
  /** The objects examined, and as which class: one may occur twice, once where its class is named. */
  private readonly seen = new Map<KeptType | undefined, Set<object>>();

  find(value: unknown, type: KeptType | undefined): Loss | undefined {
    if (typeof value === 'function' || typeof value === 'symbol') return { name: typeof value, isOfClass: false };
    if (typeof value !== 'object' || value === null || this.isKnown(value, type)) return undefined;
    if (Array.isArray(value)) return isOfOwnKind(value) ? this.firstIn(value, type) : lossOf(value);
    return type === undefined ? this.inUnnamed(value) : this.inNamed(value, type);
  }

  private inNamed(object: object, type: KeptType): Loss | undefined {
    const { host, properties } = partsOf(type);
    if (isPlain(object)) return this.inProperties(object, properties);
    if (!host || !isExactly(object, host) || hasToJSON(object)) return lossOf(object);
    if (typeTag(object) === 'Object') return this.inProperties(object, properties);
    return canBeDerived(object) && Object.keys(object).length === 0 ? this.inContents(object) : lossOf(object);
  }

  private inUnnamed(object: object): Loss | undefined {
    if (hasToJSON(object)) return undefined;
    if (isPlain(object)) return this.inProperties(object);
    return isOfOwnKind(object) ? this.inContents(object) : lossOf(object);
  }

  private inProperties(object: object, types?: Readonly<Record<string, KeptType>>): Loss | undefined {
    for (const [name, value] of Object.entries(object)) {
      const loss = this.find(value, types && Object.hasOwn(types, name) ? types[name] : undefined);
      if (loss) return loss;
    }
    return undefined;
  }

  private inContents(object: object): Loss | undefined {
    if (types.isMap(object)) return this.firstIn(object.keys()) ?? this.firstIn(object.values());
    if (types.isSet(object)) return this.firstIn(object);
    return types.isNativeError(object) ? this.find(object.cause, undefined) : undefined;
  }

  private firstIn(values: Iterable<unknown>, type?: KeptType): Loss | undefined {
    for (const value of values) {
      const loss = this.find(value, type);
      if (loss) return loss;
    }
    return undefined;
  }

  private isKnown(object: object, type: KeptType | undefined): boolean {
    let known = this.seen.get(type);
    if (!known) this.seen.set(type, (known = new Set()));
    return known.size === known.add(object).size;
  }
}

/** Whether it is of a built-in class that serializers keep, and not of a class derived from it. */
function isOfOwnKind(object: object): boolean {
  const type = classOf(Object.getPrototypeOf(object));
  return type !== undefined && isBuiltIn(type) && (Array.isArray(object) || isValue(object));
}

function isValue(object: object): boolean {
  return canBeDerived(object) || types.isArrayBuffer(object) || ArrayBuffer.isView(object);
}

/** Whether the serializers keep the contents of an instance of a derived class. */
function canBeDerived(object: object): boolean {
  return [types.isMap, types.isSet, types.isDate, types.isRegExp, types.isNativeError].some((is) => is(object));
}

function lossOf(object: object): Loss {
  const tag = typeTag(object);
  const isOfClass = tag === 'Object' || Array.isArray(object) || isValue(object);
  return { name: isOfClass ? nameOfClass(object) : tag, isOfClass };
}
