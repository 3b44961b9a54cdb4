import { LuaApi as Package } from 'wasmoon-lua5.1';

let address: string | undefined;

/** Where the interpreter's WebAssembly is. */
export function luaAt(url: string): void {
  address = url;
}

export const LuaApi = { initialize: (): Promise<unknown> => Package.initialize(address) };
