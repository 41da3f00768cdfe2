local stock_counts = require("lib.stock.stock_counts")
local stored_event = require("lib.stock.stored_event")
local stored_level = require("lib.stock.stored_level")

local MAX_WAREHOUSES = 100
-- A product has at most 100 warehouses, each with a level and an event. The other four fields are
-- total, held, prepared and watch.
local MAX_FIELDS = 204

--- Reads the level of a product in each warehouse, and how many units have moved there.
---
--- `moved` is the running sum of all sales, commits and returns of the warehouse, below zero for
--- sales. Pass it to `set_level` together with a count, so that sales after the count are kept.
---
---@version 1.0.0
---@param stock key.stock read
---@return "known"|"unknown" outcome known: the product has stock; unknown: no warehouse has a level
---@return total? total when known: over all warehouses
---@return available? available when known: the total minus held units
---@return warehouse_level[]? levels when known: sorted by warehouse
---@cost O(W log W), W the product's warehouses, at most 100
---@resend safe it only reads
---
---@example The levels of two warehouses, in the order of their names.
---  given  HSET {stock} total 12 level:paris 7 event:paris "1 7" level:berlin 5 event:berlin "9 8"
---  call
---  reply  outcome=known total=12 available=12 levels=[["berlin",5,-3],["paris",7,0]]
---@example Held units are not available.
---  given  HSET {stock} total 5 held 4 level:berlin 5 event:berlin "9 5"
---  call
---  reply  outcome=known total=5 available=1 levels=[["berlin",5,0]]
---@example A product that no warehouse has is unknown.
---  call
---  reply  outcome=unknown
---@example A corrupt level is an error.
---  given  HSET {stock} total 12 level:paris 7.5 event:paris "1 7"
---  call
---  error  CORRUPT level of a warehouse
---@example Levels that do not add up to the total are an error.
---  given  HSET {stock} total 12 level:paris 7 event:paris "1 7"
---  call
---  error  CORRUPT total
local function levels(stock)
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
  return "known", total, total - held, listed
end

return levels
