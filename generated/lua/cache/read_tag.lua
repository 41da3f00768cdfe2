#!lua flags=no-writes
-- cache.read_tag 1.0.0. Generated from lua/cache/read_tag.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.read_tag expected 1 key and 0 arguments" }
end

-- From lua/cache/read_tag.lua:
--- Reads the token of a tag.
do
  local cache_tag = KEYS[1]
  local stored = redis.call("GET", cache_tag)
  if not stored then
    return "absent"
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
  local token, clock = stored_tag(stored)
  return { "known", token or false, clock }
end
