/** Lua that gives fencing tokens, by {@link clockLua}. */
export const fenceLua = `
-- Grows with every call. Never less than the server's time in µs: so it grows also where the last one was lost, by
-- eviction, by a failover or because it had expired. The last one is kept for when the server's clock is set back.
local function nextFence(key)
  local fence = serverTime(key)
  local last = tonumber(redis.call('SET', key, fence, 'EX', '600', 'GET') or 0)
  if last >= fence then
    fence = last + 1
    redis.call('SET', key, fence, 'EX', '600')
  end
  return fence
end

-- One for several: greater than the last of each. 0 where there is no key for it, as nobody asks.
local function nextFenceOf(keys)
  local fence = 0
  for _, key in ipairs(keys) do
    fence = math.max(fence, nextFence(key))
  end
  for _, key in ipairs(#keys > 1 and keys or {}) do
    redis.call('SET', key, fence, 'EX', '600')
  end
  return fence
end
`;
