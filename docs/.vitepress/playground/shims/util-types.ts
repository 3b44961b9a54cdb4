const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice('[object '.length, -1);
const is =
  (...tags: string[]) =>
  (value: unknown): boolean =>
    tags.includes(tagOf(value));

export const isPromise = is('Promise');
export const isDate = is('Date');
export const isMap = is('Map');
export const isSet = is('Set');
export const isRegExp = is('RegExp');
export const isArrayBuffer = is('ArrayBuffer');
export const isDataView = is('DataView');
export const isNativeError = (value: unknown): boolean => value instanceof Error;
export const isUint8Array = is('Uint8Array');
export const isTypedArray = (value: unknown): boolean => ArrayBuffer.isView(value) && !isDataView(value);
export const isAnyArrayBuffer = is('ArrayBuffer', 'SharedArrayBuffer');
export const isBoxedPrimitive = (value: unknown): boolean =>
  typeof value === 'object' && is('Number', 'String', 'Boolean', 'BigInt', 'Symbol')(value);
/** Nothing tells a proxy in a browser. */
export const isProxy = (): boolean => false;
export const isModuleNamespaceObject = is('Module');
export const isGeneratorObject = is('Generator', 'AsyncGenerator');
export const isAsyncFunction = is('AsyncFunction');
export const isWeakMap = is('WeakMap');
export const isWeakSet = is('WeakSet');
export const isMapIterator = is('Map Iterator');
export const isSetIterator = is('Set Iterator');
export const isExternal = (): boolean => false;
export const isArgumentsObject = is('Arguments');
export const isKeyObject = (): boolean => false;
export const isCryptoKey = is('CryptoKey');
