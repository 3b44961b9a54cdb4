const NATIVE = /\{\s*\[native code\]\s*\}$/;

/** The class of a prototype, even if an instance has a `constructor` property of its own. */
export function classOf(prototype: object): Function | undefined {
  const own: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof own === 'function' && own.prototype === prototype ? own : undefined;
}

/**
 * Whether an object is plain data, of this realm or another one (a test runner's), and has no `constructor` that makes
 * it look like an instance of a class.
 */
export function isPlain(object: object): boolean {
  const { constructor } = object as { constructor?: unknown };
  return hasPlainPrototype(object) && (typeof constructor !== 'function' || isBuiltIn(constructor));
}

/** Whether a class belongs to the language, such as `Map`, or is `Buffer`, which Node.js puts in the place of one. */
export function isBuiltIn(type: Function): boolean {
  return type === Object || type === Buffer || NATIVE.test(Function.prototype.toString.call(type));
}

/** The prototype of the built-in class that a class derives from: it determines what the instances are. */
export function baseOf(prototype: object): object | null {
  let base: object | null = prototype;
  while (base) {
    const type = classOf(base);
    if (type && isBuiltIn(type)) return base;
    base = Reflect.getPrototypeOf(base);
  }
  return null;
}

/** The name of the class, for logs and errors: `User`, `Blob`; `Object` if no class has a name. */
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
  // Parsers create objects faster with a function that has an empty prototype.
  return Object.hasOwn(prototype, 'isPrototypeOf') || Reflect.ownKeys(prototype).length === 0;
}
