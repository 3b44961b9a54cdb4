/** Loads a package that the library is compared with, from this folder: some of them need another ioredis. */
export const peer = (name) => import(name);
