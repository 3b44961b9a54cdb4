import { AsyncLocalStorage } from 'node:async_hooks';
import { BadRequestException } from '@nestjs/common';

/** The branch of the shop that a request is for. */
export const branches = new AsyncLocalStorage<string>();

/** The cache in which each branch has its own keys. */
export const branchCache = 'branches';

/** A middleware. A real shop would take the branch from the caller's token, not from a header that anybody can send. */
export function enterBranch(
  { headers }: { headers: Readonly<Record<string, string | string[] | undefined>> },
  _response: unknown,
  next: () => void,
): void {
  const branch = headers['x-branch'];
  if (typeof branch !== 'string' || branch === '') throw new BadRequestException('Send X-Branch, the name of a branch');
  branches.run(branch, next);
}
