/** A package that the library is measured against, as this folder has it: some of them need another ioredis. */
export const peer = (name) => import(name);
