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
  local token, clock = stored_tag(stored)
  return { "known", token or false, clock }
end
