/** The files of the README's first example by their paths: what a new user copies. */
export function readExample(project: { readonly esm: boolean }): ReadonlyMap<string, string>;
