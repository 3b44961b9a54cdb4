/** The version of this package. In code, because bundles have no package.json. */
export const version = '0.1.0';
