/** Lua that tells the server's time, in ms: the clocks of processes differ. */
export const clockLua = `
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end
`;
