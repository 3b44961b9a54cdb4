/** One request of a client. */
export interface Request {
  /** Its bytes. */
  readonly bytes: Buffer;
  /** The command's name and arguments. */
  readonly args: readonly Buffer[];
}

/** Splits the requests of one connection. */
export class Requests {
  #rest: Buffer = Buffer.alloc(0);
  #needed = 0;

  *read(chunk: Buffer): Generator<Request> {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    while (this.#rest.length > this.#needed) {
      const request = this.#next();
      if (!request) return;
      this.#rest = this.#rest.subarray(request.bytes.length);
      yield request;
    }
  }

  #next(): Request | undefined {
    let at = 0;
    const number = (): number | undefined => {
      const end = this.#rest.indexOf('\r\n', at);
      if (end < 0) return undefined;
      const value = Number(this.#rest.subarray(at + 1, end).toString());
      at = end + 2;
      return value;
    };
    const count = number();
    if (count === undefined) return undefined;
    const args: Buffer[] = [];
    while (args.length < count) {
      const length = number();
      if (length === undefined || at + length + 2 > this.#rest.length) {
        // A long request is examined when more of it has arrived, not for every chunk.
        this.#needed = length === undefined ? 0 : at + length + 1;
        return undefined;
      }
      args.push(this.#rest.subarray(at, at + length));
      at += length + 2;
    }
    this.#needed = 0;
    return { bytes: this.#rest.subarray(0, at), args };
  }
}
