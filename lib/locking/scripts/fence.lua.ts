/** Lua that gives fencing tokens: text, as a number of so many digits takes longer. */
export const fenceLua = `
-- Grows with every call. Never less than the server's time in µs: so it grows also where the last one was lost, by
-- eviction, by a failover or because it had expired.
local function nextFence(key)
  local time = redis.call('TIME')
  local fence = time[1] .. string.format('%06d', time[2])
  local last = redis.call('SET', key, fence, 'EX', '86400', 'GET')
  if last and last >= fence then
    fence = string.format('%.0f', last + 1)
    redis.call('SET', key, fence, 'EX', '86400')
  end
  return fence
end
`;
