#!lua flags=allow-oom
-- cache.set_tag_clock 1.0.0. Generated from lua/cache/set_tag_clock.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 2 then
  return { err = "ARGUMENT cache.set_tag_clock expected 1 key and 2 arguments" }
end
local arg_token = ARGV[1]
if #arg_token < 21 or #arg_token > 21 then
  return { err = "ARGUMENT cache.set_tag_clock token: expected 21 to 21 bytes" }
end
if string.find(arg_token, "[%c{}]") then
  return { err = "ARGUMENT cache.set_tag_clock token: expected no control characters and no braces" }
end
local arg_clock = tonumber(ARGV[2])
if not arg_clock or arg_clock < 1 or arg_clock > 9007199254740991 or arg_clock % 1 ~= 0 then
  return { err = "ARGUMENT cache.set_tag_clock clock: expected a whole number from 1 to 9007199254740991" }
end

-- From lua/cache/set_tag_clock.lua:
--- Notes the reading of the tenant's clock that belongs to a token. Loads that began later may use it.
do
  local cache_tag, token, clock = KEYS[1], arg_token, arg_clock
  local stored = redis.call("GET", cache_tag)
  if not stored then
    return "replaced"
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
  local present, present_clock = stored_tag(stored)
  if present ~= token or present_clock then
    return "replaced"
  end
  redis.call("SET", cache_tag, string.format("%s %d", token, clock), "KEEPTTL")
  return "noted"
end
