import { isAway } from '../execution/outage.js';

/** One request of a session. */
export interface Request {
  readonly token: string;
  readonly number: number;
  /** Whether one before it may still arrive: the server refuses that from now on. */
  readonly supersedes: boolean;
}

/**
 * One holder as the server knows it, from its first try to acquire until it has given back. A request that was given up
 * may still be on its way, and arrive after others that were sent later over other connections. So requests are numbered,
 * and the first one after it has the server refuse it.
 */
export class Session {
  private sent = 0;
  /** The last request that may still arrive, 0 where none may. */
  private open = 0;

  constructor(
    /** Nobody else has it. */
    readonly token: string,
  ) {}

  /** Whether a request may still arrive that nobody waits for. */
  get isInDoubt(): boolean {
    return this.open > 0;
  }

  request<T>(send: (request: Request) => Promise<T>): Promise<T> {
    const before = this.open;
    const number = (this.open = ++this.sent);
    return send({ token: this.token, number, supersedes: before > 0 }).then(
      (answer) => {
        if (this.open === number) this.open = 0;
        return answer;
      },
      (error: unknown) => {
        // What the server has refused will not come, nor did it refuse those before.
        if (this.open === number && !isAway(error)) this.open = before;
        throw error;
      },
    );
  }
}
