#!lua flags=allow-oom
-- quota.forget 1.0.0. Generated from lua/quota/forget.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/quota/stored_size.lua:
--- Reads what quota.count has stored about an entry. Any other text ends the script.
local function stored_size(stored)
  if not stored then
    return 0, 0
  end
  local bytes, ends_ms = string.match(stored, "^(%d+) (%d+)$")
  if not bytes then
    error({ err = "CORRUPT size of an entry" })
  end
  return stored_integer(bytes, "size of an entry") or 0, stored_integer(ends_ms, "size of an entry") or 0
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT quota.forget expected 2 keys and 2 arguments" }
end
local arg_entry = ARGV[1]
if arg_entry == "" or #arg_entry > 256 then
  return { err = "ARGUMENT quota.forget entry: expected 1 to 256 bytes" }
end
if string.find(arg_entry, "[%c{}]") then
  return { err = "ARGUMENT quota.forget entry: expected no control characters and no braces" }
end
local arg_number = tonumber(ARGV[2])
if ARGV[2] ~= "" then
  if not arg_number or arg_number < 0 or arg_number > 9007199254740991 or arg_number % 1 ~= 0 then
    return { err = "ARGUMENT quota.forget number: expected a whole number from 0 to 9007199254740991" }
  end
end

-- From lua/quota/forget.lua:
--- Stops counting an entry for the quota of its tenant, because it was removed or not stored.
do
  local cache_usage, cache_sizes, entry, number = KEYS[1], KEYS[2], arg_entry, arg_number
  local state = redis.call("HMGET", cache_sizes, "bytes", "=" .. entry)
  local sum = stored_integer(state[1], "cache-sizes")
  local bytes = stored_size(state[2])
  local counted = stored_integer(redis.call("ZSCORE", cache_usage, entry), "cache-usage")
  if counted and number and counted ~= number then
    return "recounted"
  end
  if counted and sum then
    redis.call("HSET", cache_sizes, "bytes", string.format("%.0f", math.max(sum - bytes, 0)))
  end
  -- Its size may be there alone, if Redis has evicted the other key.
  redis.call("HDEL", cache_sizes, "=" .. entry)
  redis.call("ZREM", cache_usage, entry)
  return counted and "forgotten" or "unknown"
end
