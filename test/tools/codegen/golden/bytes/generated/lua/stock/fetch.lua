#!lua flags=no-writes
-- stock.fetch 1.0.0. Generated from lua/stock/fetch.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    -- From lua/lib/corrupt.lua:
    --- Stops the script before it writes: what is stored is not what the keyspace says.
    local function corrupt(what)
      error({ err = "CORRUPT " .. what })
    end
    corrupt(what)
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.fetch expected 2 keys and 0 arguments" }
end

-- From lua/stock/fetch.lua:
--- Fetches the value of a label.
do
  local label, stock = KEYS[1], KEYS[2]
  local stored = redis.call("HMGET", stock, "total", "shelf", "preview")
  local body = redis.call("GET", label)
  local times = stored_units(stored[1], "total")
  if not body or not times then
    return { "unknown", false, false, false, stored[3] or nil or false, {} }
  end
  return {
    "found",
    body or false,
    times or false,
    stored[2] or nil or false,
    stored[3] or nil or false,
    { "a1" },
  }
end
