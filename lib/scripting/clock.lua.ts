/** A Lua function that returns the server's time: the clocks of processes differ. */
export const clockLua = `
-- In µs. Some services refuse TIME; when a key ends and how long it is kept tell the time as well, in whole ms. The key is
-- one that ends some time, or is not there.
local function serverTime(key)
  local time = redis.pcall('TIME')
  if not time.err then
    return time[1] * 1000000 + time[2]
  end
  local isThere = redis.call('EXISTS', key) == 1
  if not isThere then
    redis.call('SET', key, '', 'PX', '1000')
  end
  local now = redis.call('PEXPIRETIME', key) - redis.call('PTTL', key)
  if not isThere then
    redis.call('DEL', key)
  end
  return now * 1000
end

-- In ms.
local function clock(key)
  return serverTime(key) / 1000
end
`;
