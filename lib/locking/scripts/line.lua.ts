/**
 * Lua that the scripts of locks and semaphores share: the queue of waiters. Waiters are in one sorted set by the time
 * of their arrival, and in another by the time that they count as gone, unless they send a heartbeat before.
 */
export const lineLua = `
local function leaveLine(line, seen, token)
  redis.call('ZREM', line, token)
  redis.call('ZREM', seen, token)
end

-- The first in line, once those are dropped that have gone without a word.
local function firstInLine(line, seen, now)
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now)) do
    leaveLine(line, seen, gone)
  end
  while true do
    local token = redis.call('ZRANGE', line, 0, 0)[1]
    if not token or redis.call('ZSCORE', seen, token) then
      return token
    end
    redis.call('ZREM', line, token)
  end
end

local stays = 6000

-- Behind the last, though the clock may be coarse, or was set back.
local function joinLine(line, seen, token, now)
  local last = redis.call('ZRANGE', line, -1, -1, 'WITHSCORES')[2]
  redis.call('ZADD', line, 'NX', last and math.max(now, last + 0.001) or now, token)
  redis.call('ZADD', seen, now + stays, token)
  redis.call('PEXPIRE', line, stays)
  redis.call('PEXPIRE', seen, stays)
end

local turn = 1000

-- Wakes a waiter, which then has a moment to come. That this fails must not undo what the caller has done.
local function wake(seen, channels, token, now)
  redis.pcall('ZADD', seen, 'XX', 'LT', now + turn, token)
  redis.pcall('PUBLISH', channels .. string.match(token, '^[^:]+'), token)
end
`;
