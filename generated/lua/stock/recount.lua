#!lua
-- stock.recount 1.0.0. Generated from lua/stock/recount.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stored_level.lua:
--- Reads the level of a warehouse.
local function stored_level(value)
  -- The upper bound of the type level, and the lower one without its sign.
  local MAX_STORED_LEVEL = 1000000000000
  if not value then
    return nil
  end
  local level = tonumber(value)
  if not level or level % 1 ~= 0 or level < -MAX_STORED_LEVEL or level > MAX_STORED_LEVEL then
    error({ err = "CORRUPT level of a warehouse" })
  end
  return level
end

-- From lua/stock/recount.lua:
-- Each of 100 warehouses has two fields. The other two are total and held.
local MAX_FIELDS = 202
-- The most held reservations that one call adds up.
local MAX_HELD = 1000
-- The upper bound of the type quantity.
local MAX_UNITS = 1000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 3 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.recount expected 3 keys and 0 arguments" }
end

--- Repairs the sums of a product's stock: the total from the levels, and held from the held
--- reservations.
do
  local stock, reservations, reservation_ends = KEYS[1], KEYS[2], KEYS[3]
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local fields = redis.call("HGETALL", stock)
  local stored_total, stored_held = "", "0"
  local total, warehouses = 0, 0
  -- at most 202 fields
  for position = 1, #fields, 2 do
    local field, value = fields[position], fields[position + 1]
    if string.find(field, "^level:") then
      total = total + (stored_level(value) or 0)
      warehouses = warehouses + 1
    elseif field == "total" then
      stored_total = value
    elseif field == "held" then
      stored_held = value
    end
  end

  local held = 0
  local names = redis.call("ZRANGE", reservation_ends, "0", MAX_HELD)
  if #names > MAX_HELD then
    return "too_many"
  elseif #names > 0 then
    -- at most 1000 names
    local stored = redis.call("HMGET", reservations, unpack(names))
    -- at most 1000 reservations
    for _, text in ipairs(stored) do
      local units = tonumber(string.match(text or "", "^held (%d+) %d+$"))
      if not units or units < 1 or units > MAX_UNITS then
        error({ err = "CORRUPT reservation" })
      end
      held = held + units
    end
  end
  if warehouses == 0 then
    return "unknown"
  end

  if stored_total == string.format("%d", total) and stored_held == string.format("%d", held) then
    return { "correct", total or false, total - held }
  end
  redis.call("HSET", stock, "total", total, "held", held)
  return { "recounted", total or false, total - held }
end
