import { isAway } from '../execution/outage.js';

/** One request of a session. */
export interface Request {
  readonly token: string;
  readonly number: number;
  /** Whether an earlier request may still arrive: the server refuses it from now on. */
  readonly supersedes: boolean;
}

/**
 * One holder as the server knows it, from its first try to acquire until its release. A request that was given up may
 * still be on its way, and may arrive after later ones from other connections. So requests are numbered, and the next
 * one makes the server refuse it.
 */
export class Session {
  private sent = 0;
  /** The last request that may still arrive, 0 if none may. */
  private open = 0;

  constructor(
    /** Unique to this holder. */
    readonly token: string,
  ) {}

  /** Whether a request that was given up may still arrive. */
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
        // A refused request will not arrive any more, but neither did it refuse the earlier ones.
        if (this.open === number && !isAway(error)) this.open = before;
        throw error;
      },
    );
  }
}
