/** Lua that tells the server's time, in µs. */
export const microClockLua = `
local function microClock()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
`;
