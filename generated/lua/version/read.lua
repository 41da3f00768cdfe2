#!lua
-- version.read 1.0.0. Generated from lua/version/read.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/version/read.lua:
-- 7 days after its last use, a version is forgotten. Its tags then match nothing.
local KEEP_MS = 604800000
-- The upper bounds of the types epoch_ms and write_number.
local MAX_EPOCH_MS = 8640000000000000
local MAX_NUMBER = 9000000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT version.read expected 1 key and 1 argument" }
end
local arg_new_token = ARGV[1]
if #arg_new_token < 16 or #arg_new_token > 64 then
  return { err = "ARGUMENT version.read new_token: expected 16 to 64 bytes" }
end
if string.find(arg_new_token, "[%c{}]") then
  return { err = "ARGUMENT version.read new_token: expected no control characters and no braces" }
end

--- Reads the version of a resource before its data is read. A resource without a version gets a new one.
--- While a writer changes the resource, it has none.
do
  local version, new_token = KEYS[1], arg_new_token
  local stored = redis.call("HMGET", version, "token", "until", "number")
  local token = stored[1]
  local number = stored_integer(stored[3], "version", 0, MAX_NUMBER) or 0
  if not token then
    local ends_ms = stored_integer(stored[2], "version", 0, MAX_EPOCH_MS)
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    if ends_ms and ends_ms > now_ms() then
      return "writing"
    end
    redis.call("HSET", version, "token", new_token)
    redis.call("PEXPIRE", version, KEEP_MS)
    return { "known", new_token or false, number }
  end
  -- Rarely extended, so that most readings write nothing.
  if redis.call("PTTL", version) < KEEP_MS / 2 then
    redis.call("PEXPIRE", version, KEEP_MS)
  end
  return { "known", token or false, number }
end
