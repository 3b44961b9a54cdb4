import { type CanActivate, type ExecutionContext, HttpException, HttpStatus, Injectable } from '@nestjs/common';
import { CachexService } from 'nest-cachex';

const limit = 20;
const windowMs = 10_000;

const source = `
-- KEYS[1]  how many there were in this window
-- ARGV     how many there may be, the length of the window in ms
-- RETURNS  0, or where there were too many, ms to the end of the window
local count = redis.call('INCR', KEYS[1])
if count == 1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return count > tonumber(ARGV[1]) and redis.call('PTTL', KEYS[1]) or 0
`;

/** Counts the checkouts of a cart, in a script: counting and starting the window are one step, even if a process crashes. */
@Injectable()
export class CheckoutRateGuard implements CanActivate {
  constructor(private readonly cache: CachexService) {
    cache.registerScript('rate-limit', source, { numKeys: 1 });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { params } = context.switchToHttp().getRequest<{ params: { id: string } }>();
    const waitMs = await this.cache.evalScript<number>('rate-limit', [`checkouts:${params.id}`], [limit, windowMs]);
    if (waitMs === 0) return true;
    const seconds = Math.ceil(waitMs / 1000);
    throw new HttpException(`Too many checkouts, try again in ${seconds} s`, HttpStatus.TOO_MANY_REQUESTS);
  }
}
