#!lua flags=no-writes
-- stock.levels 1.0.0. Generated from lua/stock/levels.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stock/stock_counts.lua:
--- Checks the fields `total` and `held` of a stock.
local function stock_counts(stored_total, stored_held)
  -- The upper bound of the type total.
  local MAX_TOTAL = 100000000000000
  local total = nil
  if stored_total then
    total = tonumber(stored_total)
    if not total or total % 1 ~= 0 or total < -MAX_TOTAL or total > MAX_TOTAL then
      error({ err = "CORRUPT total" })
    end
  end
  local held = tonumber(stored_held or "0")
  if not held or held % 1 ~= 0 or held < 0 or held > MAX_TOTAL then
    error({ err = "CORRUPT held" })
  end
  return total, held
end

-- From lua/lib/stock/stored_event.lua:
--- Reads the latest event of a warehouse, such as `17 10`: its sequence, and its base. The level of
--- the warehouse minus the base is the running sum of what was sold and returned there.
local function stored_event(value)
  -- The upper bound of the type sequence.
  local MAX_SEQUENCE = 9007199254740991
  -- The upper bound of a base: of the type level and the type moved together.
  local BASE_LIMIT = 1001000000000000
  if not value then
    return -1, 0
  end
  local stored_sequence, stored_base = string.match(value, "^(%d+) (-?%d+)$")
  local sequence, base = tonumber(stored_sequence), tonumber(stored_base)
  if not sequence or sequence > MAX_SEQUENCE or base < -BASE_LIMIT or base > BASE_LIMIT then
    error({ err = "CORRUPT event of a warehouse" })
  end
  return sequence, base
end

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

-- From lua/stock/levels.lua:
local MAX_WAREHOUSES = 100
-- A product has at most 100 warehouses, each with a level and an event. The other four fields are
-- total, held, prepared and watch.
local MAX_FIELDS = 204

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.levels expected 1 key and 0 arguments" }
end

--- Reads the level of a product in each warehouse, and how many units have moved there.
do
  local stock = KEYS[1]
  -- HLEN first, because a hash that no script made may be of any size.
  if redis.call("HLEN", stock) > MAX_FIELDS then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  end
  local stored = redis.call("HGETALL", stock)
  local values, names = {}, {}
  local sum = 0
  -- at most 204 fields
  for position = 1, #stored, 2 do
    local field = stored[position]
    values[field] = stored[position + 1]
    if string.find(field, "^level:") then
      names[#names + 1] = string.sub(field, 7)
    end
  end
  local total, held = stock_counts(values.total or false, values.held or false)
  table.sort(names)
  local listed = {}
  -- at most 100 warehouses
  for position, warehouse in ipairs(names) do
    local level = stored_level(values["level:" .. warehouse] or "")
    local _, base = stored_event(values["event:" .. warehouse])
    listed[position] = { warehouse = warehouse, quantity = level, moved = level - base }
    sum = sum + level
  end
  if #names > MAX_WAREHOUSES then
    error({ err = "CORRUPT stock of more than 100 warehouses" })
  elseif sum ~= (total or 0) or (#names > 0 and not total) then
    error({ err = "CORRUPT total" })
  end
  if not total then
    return "unknown"
  end
  local reply_outcome, reply_total, reply_available, reply_levels = "known", total, total - held, listed
  local wrapper_reply_levels = false
  if reply_levels then
    wrapper_reply_levels = {}
    for index = 1, #reply_levels do
      local row = reply_levels[index]
      wrapper_reply_levels[3 * index - 2] = row.warehouse
      wrapper_reply_levels[3 * index - 1] = row.quantity
      wrapper_reply_levels[3 * index] = row.moved
    end
  end
  return { reply_outcome, reply_total or false, reply_available or false, wrapper_reply_levels }
end
