/** How late a busy machine may ask. */
const latenessS = 5;

/** Matches the rest of a life of this many seconds: `expect(await cache.ttl('a')).toEqual(leftOf(60))`. */
export const leftOf = (seconds: number) => ({
  $$typeof: Symbol.for('jest.asymmetricMatcher'),
  asymmetricMatch: (left: unknown) => typeof left === 'number' && left <= seconds && left > seconds - latenessS,
  toString: () => `what is left of ${seconds} s`,
  toAsymmetricMatcher: () => `what is left of ${seconds} s`,
});
