#!lua
-- cache.open_tag 1.0.0. Generated from lua/cache/open_tag.lua by moonpath-codegen. DO NOT EDIT.

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
    local token, clock = string.match(stored, "^(%x+%.%x+) (%S+)$")
    local reading = tonumber(clock)
    if not token or #token ~= 21 or (reading and (reading < 1 or reading % 1 ~= 0)) then
      error({ err = "CORRUPT cache tag" })
    end
    if not reading and clock ~= "-" then
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
