/**
 * Runs once when the interpreter starts. It takes the engine's libraries (`native`) and returns the table of globals
 * and the stand-in that scripts see: both read-only, libraries included, as in Redis.
 */
export const sandboxSource = `
local native, targets = ...
local globals, source = {}, debug.getinfo

local function readonly(target, index)
  local proxy = setmetatable({}, {
    __index = index or target,
    __newindex = function() error('Attempt to modify a readonly table', 2) end,
    __metatable = false,
  })
  targets[proxy] = target
  return proxy
end

for _, name in ipairs({
  'xpcall', 'tostring', 'getmetatable', 'next', 'assert', 'tonumber', 'rawget', 'rawequal',
  'collectgarbage', 'select', 'gcinfo', 'loadstring', 'unpack', 'error', 'type', 'ipairs', 'pairs', '_VERSION',
}) do
  globals[name] = _G[name]
end

local function refuse(change)
  return function(target, ...)
    if targets[target] then error('Attempt to modify a readonly table', 0) end
    return change(target, ...)
  end
end
globals.rawset = refuse(rawset)
globals.setmetatable = refuse(setmetatable)

-- Bytecode is read as text, which it is not.
function globals.load(reader, ...)
  if type(reader) ~= 'function' then return load(reader, ...) end
  local isFirst = true
  return load(function()
    local piece = reader()
    local isBytecode = isFirst and type(piece) == 'string' and piece:byte() == 27
    isFirst = isFirst and piece == ''
    return isBytecode and ' ' .. piece or piece
  end, ...)
end

-- Scripts that were written before Redis 7 expect the text of an error.
local function withText(succeeded, ...)
  if succeeded then return succeeded, ... end
  local failure = ...
  local hasText = type(failure) == 'table' and type(failure.err) == 'string'
  return succeeded, hasText and failure.err or failure
end
function globals.pcall(...)
  return withText(pcall(...))
end

for name, replacement in pairs(native.math) do
  math[name] = replacement
end
native.math = nil

-- The string library is also reached through the metatable of strings.
getmetatable('').__metatable = false
for _, name in ipairs({ 'string', 'math', 'table', 'coroutine' }) do
  globals[name] = readonly(_G[name])
end
for name, library in pairs(native) do
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
  while place and ((place.what == 'C' or place.what == 'tail' or place.source == '=sandbox')) do
    level = level + 1
    place = source(level, 'Sl')
  end
  if type(failure) ~= 'table' then failure = { err = 'ERR ' .. tostring(failure) } end
  if place then failure.source, failure.line = place.source, place.currentline end
  return failure
end

return globals, environment, handler
`;
