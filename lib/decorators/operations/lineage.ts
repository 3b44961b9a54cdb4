import { classOf, isBuiltIn } from '../../nest/class-of.js';
import { hasPrivateFields } from '../../nest/private-fields.js';

/** The classes of an object, beginning with its own. */
export interface Lineage {
  /** The user's classes: `"Admin"<"User"`. Empty for plain objects, and for instances of built-in classes. */
  readonly names: string;
  /** The built-in class that they are derived from, except `Object`. */
  readonly builtIn: string | undefined;
  /** Why an instance cannot be identified by its properties. */
  readonly flaw: string | undefined;
}

/** Of plain objects. */
export const plainLineage: Lineage = { names: '', builtIn: undefined, flaw: undefined };
const known = new WeakMap<object, Lineage>();

export function lineageOf(object: object): Lineage {
  const prototype = Reflect.getPrototypeOf(object);
  if (prototype === null || prototype === Object.prototype) return plainLineage;
  let lineage = known.get(prototype);
  if (!lineage) known.set(prototype, (lineage = trace(prototype)));
  return lineage;
}

function trace(first: object): Lineage {
  const names: string[] = [];
  let builtIn: string | undefined;
  let flaw: string | undefined;
  let prototype: object | null = first;
  for (; prototype; prototype = Reflect.getPrototypeOf(prototype)) {
    const type = classOf(prototype);
    if (type && isBuiltIn(type)) {
      builtIn ??= type.name === 'Object' ? undefined : type.name;
    } else if (type) {
      const name = typeof type.name === 'string' ? type.name : '';
      if (name === '' && names.length === 0) flaw ??= 'an instance of a class without a name';
      if (hasPrivateFields(type)) flaw ??= `an instance of ${name || 'a class'}, whose private fields cannot be read`;
      names.push(JSON.stringify(name));
    } else if (Reflect.ownKeys(prototype).length > 0) {
      flaw ??= 'an object that inherits properties from another one';
    }
  }
  if (names.length === 0 && !builtIn && !flaw) return plainLineage;
  return { names: names.join('<'), builtIn, flaw };
}
