/** How long a late request may still arrive, and is refused: after this time TCP has given up delivering it. */
export const lateMs = 15 * 60_000;

/** Lua by which scripts refuse requests that arrive after later ones of the same holder. */
export const lateLua = `
-- Has requests with lower numbers refused.
local function supersede(late, number)
  redis.call('SET', late, number, 'PX', '${lateMs}')
end

-- Whether a request is refused; those before it are from now on where it supersedes them.
local function isLate(late, number, supersedes)
  local first = redis.call('GET', late)
  if first and tonumber(number) < tonumber(first) then
    return true
  end
  if supersedes == '1' then
    supersede(late, number)
  end
  return false
end
`;
