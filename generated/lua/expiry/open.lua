#!lua
-- expiry.open 1.0.0. Generated from lua/expiry/open.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at `level`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/expiry/open.lua:
-- Without another number, a queue has so many shards.
local DEFAULT_SHARDS = 16

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT expiry.open expected 1 key and 1 argument" }
end
local arg_shards = tonumber(ARGV[1])
if ARGV[1] ~= "" then
  if not arg_shards or arg_shards < 1 or arg_shards > 256 or arg_shards % 1 ~= 0 then
    return { err = "ARGUMENT expiry.open shards: expected a whole number from 1 to 256" }
  end
end

--- Returns the number of shards of a queue, and chooses it if this is the queue's first call.
do
  local shards_key, shards = KEYS[1], arg_shards
  local wanted = shards or DEFAULT_SHARDS
  local chosen = redis.call("SET", shards_key, string.format("%d", wanted), "NX", "GET")
  return stored_integer(chosen, "number of shards", 1, 256) or wanted
end
