import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Injectable, Scope } from '@nestjs/common';
import { ContextIdFactory } from '@nestjs/core';
import { expect, it } from 'vitest';
import { Cacheable } from '../../lib/index.js';
import { useApplications } from './harness.js';

const apps = useApplications();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

@Injectable({ scope: Scope.REQUEST })
class Users {
  @Cacheable({ key: (id: number) => `user:${id}`, unless: () => true })
  async find(id: number): Promise<{ id: number }> {
    return { id };
  }
}

it('calls leave nothing behind, nor do the instances that are called', async () => {
  const { module } = await apps.module({ providers: [Users] });
  const call = async (count: number) => {
    for (let done = 0; done < count; done += 500) {
      const users = await module.resolve(Users, ContextIdFactory.create());
      await Promise.all(Array.from({ length: 500 }, (_, index) => users.find(done + index)));
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await call(10_000);
  const after = await call(50_000);
  expect((after - before) / 50_000).toBeLessThan(20);
}, 120_000);
