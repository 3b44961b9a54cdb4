/**
 * Runs once when the interpreter starts. It takes the functions that the engine brings (`native`) and answers with the
 * table of globals and what scripts see in its place: both read-only, libraries included, as in Redis.
 */
export const SANDBOX = `
local native = ...
local globals, protected, source = {}, {}, debug.getinfo

local function readonly(target, index)
  local proxy = setmetatable({}, {
    __index = index or target,
    __newindex = function() error('Attempt to modify a readonly table', 2) end,
    __metatable = false,
  })
  protected[proxy] = true
  return proxy
end

for _, name in ipairs({
  'xpcall', 'tostring', 'getmetatable', 'setmetatable', 'next', 'assert', 'tonumber', 'rawget', 'rawequal',
  'collectgarbage', 'select', 'gcinfo', 'load', 'loadstring', 'unpack', 'error', 'pcall', 'type', 'ipairs', 'pairs',
  '_VERSION',
}) do
  globals[name] = _G[name]
end

function globals.rawset(target, key, value)
  if protected[target] then error('Attempt to modify a readonly table', 2) end
  return rawset(target, key, value)
end

function math.random(...)
  local count, low, high = select('#', ...), ...
  local draw = native.random()
  if count == 0 then return draw end
  if count > 2 then error('wrong number of arguments', 2) end
  if count == 1 then low, high = 1, low end
  if low > high then error("bad argument #" .. count .. " to 'random' (interval is empty)", 2) end
  return math.floor(draw * (high - low + 1)) + low
end
math.randomseed = native.randomseed

-- The string library is also reached through the metatable of strings.
getmetatable('').__metatable = false
for _, name in ipairs({ 'string', 'math', 'table', 'coroutine' }) do
  globals[name] = readonly(_G[name])
end
globals.os = readonly({ clock = os.clock })
for name, library in pairs(native.libraries) do
  globals[name] = readonly(library)
end

local environment = readonly(globals, function(_, name)
  local value = rawget(globals, name)
  if value == nil then
    error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
  end
  return value
end)
globals._G = environment

-- Notes where an error came from: the innermost line of a script.
local function handler(failure)
  local level, place = 2, source(2, 'Sl')
  while place and (place.what == 'C' or place.source == '=sandbox') do
    level = level + 1
    place = source(level, 'Sl')
  end
  if type(failure) ~= 'table' then failure = { err = 'ERR ' .. tostring(failure) } end
  if place then failure.source, failure.line = place.source, place.currentline end
  return failure
end

return globals, environment, handler
`;
