/** The library with the decorators, which the main entry does not give yet: `@Cacheable` stands on `getOrSet`. */
export * from '../../lib/decorators/index.js';
export * from '../../lib/index.js';
