/** Of this package. In code, as a bundler takes no package.json along. */
export const version = '0.1.0';
