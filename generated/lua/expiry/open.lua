#!lua flags=allow-oom
-- expiry.open 1.0.0. Generated from lua/expiry/open.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. `tonumber` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

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

-- From lua/expiry/open.lua:
--- Returns the number of shards of a queue. With `shards`, it chooses the number of a queue that has
--- none yet.
do
  local shards_key, shards = KEYS[1], arg_shards
  local chosen = stored_integer(redis.call("GET", shards_key), "number of shards", 1, 256)
  if chosen then
    return { "known", chosen }
  elseif not shards then
    return "unknown"
  end
  redis.call("SET", shards_key, string.format("%d", shards))
  return { "known", shards }
end
