import { ForbiddenException, Injectable } from '@nestjs/common';
import { errorText } from '../errors/error-text.js';
import type { CachexAdminAction, CachexAdminContext, CachexAdminEvent, LookingAction } from './actions.js';
import { type AdminCache, AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { Audit } from './audit.js';

/** A change that a user requests. */
export interface Change extends CachexAdminContext {
  readonly action: Exclude<CachexAdminAction, LookingAction>;
}

type Counts = Pick<CachexAdminEvent, (typeof counted)[number]>;

/** Interim result of a change: the number of keys until now. */
export type Progress = Pick<Counts, 'deleted' | 'exported'>;

type Outcome = Counts & Pick<CachexAdminEvent, 'outcome' | 'error'>;

/** Makes permitted changes and reports every one. */
@Injectable()
export class Changes {
  constructor(
    private readonly caches: AdminCaches,
    private readonly audit: Audit,
    private readonly answers: Answers,
  ) {}

  async make<T extends object>(
    change: Change,
    response: unknown,
    work: (open: AdminCache, soFar: (counts: Counts) => void) => Promise<T | void>,
  ): Promise<void> {
    let done: Counts = {};
    const soFar = (counts: Counts): void => void (done = counts);
    const begin = async (): Promise<T | void> => work(await this.caches.open(change.action, change), soFar);
    const answer = await this.told(change, begin, () => done);
    await this.tell(change, { outcome: 'done', ...countsIn(answer) });
    await this.answers.json(response, answer ?? { done: true });
  }

  /** Makes a long change, which streams its progress. It stops when the client closes the connection. */
  async makeLong(
    change: Change,
    response: unknown,
    begin: (open: AdminCache) => Promise<AsyncIterable<Progress>>,
  ): Promise<void> {
    const steps = await this.told(change, async () => begin(await this.caches.open(change.action, change)));
    if (this.answers.isLeft(response)) {
      // Without a reader, the steps would never run.
      await this.tell(change, { outcome: 'cancelled', ...noneOf(change) });
      return this.answers.json(response, noneOf(change));
    }
    this.answers.lines(response, this.followed(change, steps));
  }

  private async *followed(change: Change, steps: AsyncIterable<Progress>): AsyncGenerator<object> {
    let counts = noneOf(change);
    let end: Outcome = { outcome: 'cancelled' };
    try {
      for await (const step of steps) {
        counts = countsIn(step);
        yield step;
      }
      end = { outcome: 'done' };
      yield { ...counts, isDone: true };
    } catch (error) {
      end = { outcome: 'failed', error: errorText(error) };
      yield { ...counts, error: errorText(error) };
    } finally {
      await this.tell(change, { ...end, ...counts });
    }
  }

  private async told<T>(change: Change, work: () => Promise<T>, done: () => Counts = () => ({})): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const outcome = error instanceof ForbiddenException ? 'refused' : 'failed';
      await this.tell(change, { outcome, ...done(), error: errorText(error) });
      throw error;
    }
  }

  private tell({ request, ...change }: Change, outcome: Outcome): Promise<void> {
    const user = this.audit.userOf(request);
    return this.audit.tell({ at: new Date(), ...change, ...(user !== undefined && { user }), ...outcome });
  }
}

const noneOf = ({ action }: Change): Counts => (action === 'export' ? { exported: 0 } : { deleted: 0 });

function countsIn(answer: object | void): Counts {
  if (!answer) return {};
  return Object.fromEntries(
    counted.flatMap((name) => (name in answer ? [[name, Number(Reflect.get(answer, name))]] : [])),
  );
}

const counted = ['deleted', 'moved', 'exported', 'imported', 'kept', 'refused'] as const;
