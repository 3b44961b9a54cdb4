const NATIVE = /\{\s*\[native code\]\s*\}$/;

/** The class that a prototype is of, whatever an instance says by a `constructor` of its own. */
export function classOf(prototype: object): Function | undefined {
  const own: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof own === 'function' && own.prototype === prototype ? own : undefined;
}

/**
 * Whether an object is data and nothing else, of this realm or of another, such as that of a test runner; and does not
 * pass for an instance of a class by its `constructor`.
 */
export function isPlain(object: object): boolean {
  const { constructor } = object as { constructor?: unknown };
  return hasPlainPrototype(object) && (typeof constructor !== 'function' || isBuiltIn(constructor));
}

/** Whether a class is one of the language, such as `Map`, or of Node.js in their place. */
export function isBuiltIn(type: Function): boolean {
  return type === Object || type === Buffer || NATIVE.test(Function.prototype.toString.call(type));
}

/** The prototype of the built-in class that a class is derived from, which says what its instances are. */
export function baseOf(prototype: object): object | null {
  let base: object | null = prototype;
  while (base) {
    const type = classOf(base);
    if (type && isBuiltIn(type)) return base;
    base = Reflect.getPrototypeOf(base);
  }
  return null;
}

/** As it is written, for logs and errors: `User`, `Blob`; `Object` where nothing has a name. */
export function nameOfClass(object: object): string {
  for (let prototype = Reflect.getPrototypeOf(object); prototype; prototype = Reflect.getPrototypeOf(prototype)) {
    const name: unknown = classOf(prototype)?.name;
    if (typeof name === 'string' && name !== '') return name;
  }
  return 'Object';
}

function hasPlainPrototype(object: object): boolean {
  const prototype = Reflect.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return true;
  if (Reflect.getPrototypeOf(prototype) !== null) return false;
  // Parsers make objects faster by a function with an empty prototype.
  return Object.hasOwn(prototype, 'isPrototypeOf') || Reflect.ownKeys(prototype).length === 0;
}
