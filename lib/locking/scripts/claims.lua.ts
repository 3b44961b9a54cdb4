/**
 * Lua that the scripts of semaphores share: claims, in a sorted set by the time that their leases end, and once more in
 * a copy, so that the loss of one key lets nobody in.
 */
export const claimsLua = `
local function weightOf(token)
  return tonumber(string.match(token, '%d+$'))
end

-- The weight of the claims that last; drops the others.
local function weightOfClaims(claims, copy, now)
  if redis.call('EXISTS', claims, copy) == 1 then
    redis.call('COPY', claims, copy)
    redis.call('COPY', copy, claims)
  end
  redis.call('ZREMRANGEBYSCORE', claims, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', copy, '-inf', now)
  local weight = 0
  for _, token in ipairs(redis.call('ZRANGE', claims, 0, -1)) do
    weight = weight + weightOf(token)
  end
  return weight
end

local function setClaim(claims, copy, token, ends)
  for _, key in ipairs({claims, copy}) do
    redis.call('ZADD', key, ends, token)
    local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2]
    redis.call('PEXPIREAT', key, string.format('%.0f', math.ceil(last)))
  end
end
`;
