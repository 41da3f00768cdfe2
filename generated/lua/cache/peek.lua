#!lua flags=no-writes
-- cache.peek 1.0.0. Generated from lua/cache/peek.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cache.peek expected 1 key and 0 arguments" }
end

-- From lua/cache/peek.lua:
--- Reads an entry, and grants no lease.
do
  local cache_entry = KEYS[1]
  local stored = redis.call("GET", cache_entry)
  if not stored then
    return "absent"
  end
  -- From lua/lib/cache/entry_head.lua:
  --- Reads the beginning of an entry's header: the time until which it is fresh, and the id of the load
  --- that filled it.
  local function entry_head(stored)
    if string.sub(stored, 1, 1) ~= "1" then
      return nil
    end
    local fresh_until, fill_id = string.match(stored, "^1%S%S (%d%d%d%d%d%d%d%d%d%d%d%d%d) (%x+) ")
    local fresh_until_ms = tonumber(fresh_until)
    if not fresh_until_ms or fresh_until_ms % 1 ~= 0 then
      error({ err = "CORRUPT cache entry" })
    end
    return fresh_until_ms, fill_id
  end
  local fresh_until_ms = entry_head(stored)
  if not fresh_until_ms then
    return "foreign"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local fresh_for_ms = fresh_until_ms - now_ms()
  if fresh_for_ms > 0 then
    return { "fresh", stored or false, fresh_for_ms }
  end
  return { "stale", stored }
end
