#!lua flags=no-writes
-- stock.read_v1 1.0.0. Generated from lua/stock/read_v1.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.read_v1 expected 1 key and 0 arguments" }
end

-- From lua/stock/read_v1.lua:
--- Reads how many units of a product there are.
do
  local stock = KEYS[1]
  local total = stored_units(redis.call("HGET", stock, "total"), "total")
  if not total then
    return "unknown"
  end
  return { "known", total }
end
