#!lua
-- cache.open_tag 1.0.0. Generated from lua/cache/open_tag.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/check_token.lua:
--- Refuses a text that is not the token of a tag. Stored, it would be corrupt.
local function check_token(token)
  local hard = string.match(token, "^(%x+)%.%x+$")
  if not hard or #hard ~= 12 then
    error({ err = "ARGUMENT token: expected 12 hexadecimal digits, a full stop, and 8" })
  end
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT cache.open_tag expected 1 key and 2 arguments" }
end
local arg_token = ARGV[1]
if #arg_token < 21 or #arg_token > 21 then
  return { err = "ARGUMENT cache.open_tag token: expected 21 to 21 bytes" }
end
if string.find(arg_token, "[%c{}]") then
  return { err = "ARGUMENT cache.open_tag token: expected no control characters and no braces" }
end
local arg_keep_ms = tonumber(ARGV[2])
if not arg_keep_ms or arg_keep_ms < 1 or arg_keep_ms > 31622400000 or arg_keep_ms % 1 ~= 0 then
  return { err = "ARGUMENT cache.open_tag keep_ms: expected a whole number from 1 to 31622400000" }
end

-- From lua/cache/open_tag.lua:
--- Reads the token of a tag for a load. It creates the token if there is none, and makes it live
--- longer than the entries under it.
do
  local cache_tag, token, keep_ms = KEYS[1], arg_token, arg_keep_ms
  check_token(token)
  -- Rarely extended, because each PEXPIRE reaches all processes that track the token.
  local life_ms = 2 * keep_ms
  local stored = redis.call("GET", cache_tag)
  if not stored then
    redis.call("SET", cache_tag, token .. " -", "PX", string.format("%d", life_ms))
    return token
  end
  -- From lua/lib/cache/stored_tag.lua:
  --- Reads a tag: its token, and the reading of the tenant's clock at its last invalidation.
  local function stored_tag(stored)
    -- The upper bound of the type clock_reading.
    local MAX_READING = 9007199254740991
    local hard, soft, clock = string.match(stored, "^(%x+)%.(%x+) (%S+)$")
    if not hard or #hard ~= 12 or #soft ~= 8 then
      error({ err = "CORRUPT cache tag" })
    end
    local token = hard .. "." .. soft
    if clock == "-" then
      return token
    end
    local reading = tonumber(clock)
    if not reading or reading % 1 ~= 0 or reading < 1 or reading > MAX_READING then
      error({ err = "CORRUPT cache tag" })
    end
    return token, reading
  end
  local present, clock = stored_tag(stored)
  if redis.call("PTTL", cache_tag) < keep_ms then
    redis.call("PEXPIRE", cache_tag, string.format("%d", life_ms))
  end
  return { present, clock }
end
