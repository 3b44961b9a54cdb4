import { ConflictException } from '@nestjs/common';
import { tell } from '../../locking/requests.js';
import { releaseLockScript } from '../../locking/scripts/release-lock.script.js';
import { releaseSemaphoreScript } from '../../locking/scripts/release-semaphore.script.js';
import type { OpenCache } from '../entries/raw-key.js';
import { type ClaimName, isShared, ownKind } from './claim-names.js';

/** Lets the release wake the first waiter, whatever its weight. The server checks the capacity again then. */
const anyCapacity = 1_000_000_000;
/** The number of the request has no meaning without the key for late requests. */
const noNumber = 0;

/**
 * Takes a lock or a share of a semaphore from its holder and wakes a waiter, as a release does.
 *
 * @throws ConflictException if the token no longer holds it
 */
export async function forceRelease({ peek }: OpenCache, claim: ClaimName, token: string): Promise<void> {
  const key = peek.ownKeysOf(ownKind(claim.kind), claim.name, claim.version);
  const channels = peek.ownName('wake', '');
  const command = isShared(claim.kind)
    ? tell(
        releaseSemaphoreScript,
        [key(), key('copy'), key('line'), key('seen')],
        [token, noNumber, channels, anyCapacity],
      )
    : tell(releaseLockScript, [key(), key('line'), key('seen')], [token, noNumber, channels]);
  if (await peek.carryOut(command)) return;
  throw new ConflictException('It has another holder now, or none: reload the list');
}
