/** The files of the README's first example by path: a new user copies them. */
export function readExample(project: { readonly esm: boolean }): ReadonlyMap<string, string>;
