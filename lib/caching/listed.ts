/**
 * Has those properties listed as an object's own: what is made on demand is a getter of its prototype, where
 * `{ ...object }` does not look.
 */
export function listing<T extends object>(...names: readonly (keyof T & string)[]): ProxyHandler<T> {
  const isListed = (name: string | symbol): name is keyof T & string => names.some((each) => each === name);
  return {
    // Not of the proxy: whatever the getters keep, they keep in the object itself.
    get: (object, name): unknown => Reflect.get(object, name),
    ownKeys: () => [...names],
    getOwnPropertyDescriptor: (object, name) =>
      isListed(name) ? { value: object[name], enumerable: true, configurable: true, writable: true } : undefined,
  };
}
