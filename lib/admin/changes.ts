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

type Counts = Pick<CachexAdminEvent, 'deleted' | 'moved' | 'exported' | 'imported'>;

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
    work: (open: AdminCache) => Promise<T | void>,
  ): Promise<void> {
    const answer = await this.told(change, async () => work(await this.caches.open(change.action, change)));
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
    this.answers.lines(response, this.followed(change, steps));
  }

  private async *followed(change: Change, steps: AsyncIterable<Progress>): AsyncGenerator<object> {
    let counts: Counts = change.action === 'export' ? { exported: 0 } : { deleted: 0 };
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

  private async told<T>(change: Change, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const outcome = error instanceof ForbiddenException ? 'refused' : 'failed';
      await this.tell(change, { outcome, error: errorText(error) });
      throw error;
    }
  }

  private tell({ request, ...change }: Change, outcome: Outcome): Promise<void> {
    const user = this.audit.userOf(request);
    return this.audit.tell({ at: new Date(), ...change, ...(user !== undefined && { user }), ...outcome });
  }
}

function countsIn(answer: object | void): Counts {
  if (!answer) return {};
  return Object.fromEntries(
    counted.flatMap((name) => (name in answer ? [[name, Number(Reflect.get(answer, name))]] : [])),
  );
}

const counted = ['deleted', 'moved', 'exported', 'imported'] as const;
