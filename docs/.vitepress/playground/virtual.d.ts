declare module 'virtual:playground' {
  export const places: { readonly engine: string; readonly lua: string };
  /** Of both, compressed; `undefined` where the site is developed. */
  export const kilobytes: number | undefined;
}
