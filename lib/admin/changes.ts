import { ForbiddenException, Injectable } from '@nestjs/common';
import { errorText } from '../errors/error-text.js';
import type { CachexAdminAction, CachexAdminContext, CachexAdminEvent, LookingAction } from './actions.js';
import { type AdminCache, AdminCaches } from './admin-caches.js';
import { Answers } from './answers.js';
import { Audit } from './audit.js';

/** What somebody asks for. */
export interface Change extends CachexAdminContext {
  readonly action: Exclude<CachexAdminAction, LookingAction>;
}

type Counts = Pick<CachexAdminEvent, (typeof counted)[number]>;

/** What a change says while it is under way: how many keys that was until then. */
export type Progress = Pick<Counts, 'deleted' | 'exported'>;

type Outcome = Counts & Pick<CachexAdminEvent, 'outcome' | 'error'>;

/** Makes allowed changes, and reports all of them. */
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

  /** A long one, which answers line by line. It ends where nobody hears it any more. */
  async makeLong(
    change: Change,
    response: unknown,
    begin: (open: AdminCache) => Promise<AsyncIterable<Progress>>,
  ): Promise<void> {
    const steps = await this.told(change, async () => begin(await this.caches.open(change.action, change)));
    if (this.answers.isLeft(response)) {
      // Nobody would read them, so that they would neither go on nor end.
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
