import { describe, expectTypeOf, it } from 'vitest';
import type {
  CachexAdminAction,
  CachexAdminContext,
  CachexAdminEvent,
  CachexAdminOptions,
} from '../../lib/admin/index.js';

describe('the admin page', () => {
  it('names its actions', () => {
    expectTypeOf<CachexAdminAction>().toEqualTypeOf<
      | 'view'
      | 'read'
      | 'create'
      | 'edit'
      | 'expire'
      | 'delete'
      | 'deleteMany'
      | 'export'
      | 'import'
      | 'invalidate'
      | 'release'
      | 'claim'
      | 'replay'
      | 'reset'
      | 'clear'
      | 'flush'
    >();
  });

  it('tells what an action is about, and what became of it', () => {
    expectTypeOf<CachexAdminContext['tag']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<CachexAdminContext['ids']>().toEqualTypeOf<readonly string[] | undefined>();
    expectTypeOf<CachexAdminEvent['moved']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<CachexAdminEvent>().not.toHaveProperty('request');
    const options = {
      can: (action, { cache, kind, name, id, group }) => action === 'view' || [cache, kind, name, id, group].length > 0,
      audit: ({ outcome, moved, deleted }) => [outcome, moved, deleted],
    } satisfies CachexAdminOptions;
    expectTypeOf(options).toExtend<CachexAdminOptions>();
    // @ts-expect-error -- no such action
    const wrong: CachexAdminAction = 'unlock';
    expectTypeOf(wrong).toEqualTypeOf<CachexAdminAction>();
  });
});
