import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { UseGuards } from '@nestjs/common';
import { Args, Field, GraphQLModule, ObjectType, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { Cacheable, fromContext } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();

@ObjectType()
class Author {
  @Field() id!: string;
  @Field() name!: string;
  @Field() books!: number;
}

class Guard implements CanActivate {
  calls = 0;
  canActivate(context: ExecutionContext): boolean {
    this.calls++;
    const [, , { user }] = context.getArgs<[unknown, unknown, { user?: string }]>();
    return user !== 'mallory';
  }
}
const guard = new Guard();

@Resolver(() => Author)
class Authors {
  static runs: string[] = [];

  @Query(() => Author)
  @UseGuards(guard)
  @Cacheable()
  async author(@Args('id') id: string, @Args('short', { nullable: true }) short?: boolean): Promise<Partial<Author>> {
    Authors.runs.push(`author ${id}`);
    return { id, name: short ? 'A.' : 'Ada' };
  }

  @Query(() => String)
  @Cacheable({ key: 'mine:{context.user}:{args.id}' })
  async mine(@Args('id') id: string): Promise<string> {
    Authors.runs.push('mine');
    return id;
  }

  @Query(() => String)
  @Cacheable({ key: fromContext((context) => `whose:${context.getArgByIndex<{ user: string }>(2).user}`) })
  async whose(): Promise<string> {
    Authors.runs.push('whose');
    return 'answer';
  }

  @ResolveField(() => Number)
  @Cacheable()
  async books(@Parent() author: Partial<Author>): Promise<number> {
    Authors.runs.push(`books of ${author.name}`);
    return author.id!.length;
  }
}

async function serve(fieldResolverEnhancers: ('interceptors' | 'guards')[] = []) {
  Authors.runs = [];
  guard.calls = 0;
  const graphql = GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    autoSchemaFile: true,
    fieldResolverEnhancers,
    context: (request: FastifyRequest) => ({ user: request.headers['x-user'] ?? 'ada' }),
  });
  const { request } = await apps.http('fastify', { imports: [graphql], providers: [Authors] });
  return async (query: string, user = 'ada') => {
    const headers = { 'content-type': 'application/json', 'x-user': user };
    const { body, cached } = await request('/graphql', { method: 'POST', body: JSON.stringify({ query }), headers });
    expect(cached).toBeNull();
    return body as { data: Record<string, unknown> | null; errors?: unknown[] };
  };
}

describe('a resolver', () => {
  it('is cached by its arguments, after the guards', async () => {
    const ask = await serve();
    const short = '{ author(id: "1", short: true) { name } }';
    for (let i = 0; i < 2; i++) {
      expect(await ask('{ author(id: "1") { id name } }')).toEqual({ data: { author: { id: '1', name: 'Ada' } } });
      expect(await ask(short)).toEqual({ data: { author: { name: 'A.' } } });
    }
    expect(Authors.runs).toEqual(['author 1', 'author 1']);
    expect(guard.calls).toBe(4);
    expect(await ask(short, 'mallory')).toMatchObject({ data: null, errors: [{}] });
    expect(guard.calls).toBe(5);
  });

  it('may take its key from its context', async () => {
    const ask = await serve();
    for (const user of ['ada', 'ada', 'bob']) {
      expect(await ask('{ mine(id: "1") whose }', user)).toEqual({ data: { mine: '1', whose: 'answer' } });
    }
    expect(Authors.runs.toSorted()).toEqual(['mine', 'mine', 'whose', 'whose']);
  });

  it.each([
    ['without', []],
    ['with', ['interceptors' as const]],
  ])('of a field is cached once, %s interceptors for fields', async (_, enhancers) => {
    const ask = await serve(enhancers);
    for (let i = 0; i < 2; i++) {
      expect(await ask('{ author(id: "12") { books } }')).toEqual({ data: { author: { books: 2 } } });
    }
    expect(await ask('{ author(id: "12", short: true) { books } }')).toEqual({ data: { author: { books: 2 } } });
    expect(Authors.runs).toEqual(['author 12', 'books of Ada', 'author 12', 'books of A.']);
  });
});
