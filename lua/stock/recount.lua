local stored_level = require("lib.stock.stored_level")

-- Each of 100 warehouses has two fields. The other two are total and held.
local MAX_FIELDS = 202
-- The most held reservations that one call adds up.
local MAX_HELD = 1000
-- The upper bound of the type quantity.
local MAX_UNITS = 1000000000000

--- Repairs the sums of a product's stock: the total from the levels, and held from the held
--- reservations.
---
--- Call it after an error CORRUPT total or CORRUPT held, when somebody has changed or deleted keys
--- by hand. It changes no level and no reservation.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations read
---@param reservation_ends key.reservation_ends read
---@return "recounted"|"correct"|"too_many"|"unknown" outcome recounted: a sum was wrong and is right
---   now; correct: both were right; too_many: more than 1,000 reservations are held, and nothing
---   changed; unknown: no warehouse has a level
---@return total? total when recounted|correct: over all warehouses
---@return available? available when recounted|correct: the total minus held units
---@cost O(W + R), W the product's warehouses, at most 100, R its held reservations, at most 1,000
---@resend safe a second run computes the same sums
---
---@example A total that disagrees with the levels is repaired.
---  given  HSET {stock} total 9 level:berlin 5 level:paris 7
---  call
---  reply  outcome=recounted total=12 available=12
---  again  outcome=correct total=12 available=12
---  then   HGET {stock} total = 12
---@example The units that reservations hold are counted again.
---  given  HSET {stock} total 12 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call
---  reply  outcome=recounted total=12 available=9
---  again  outcome=correct total=12 available=9
---  then   HGET {stock} held = 3
---@example A product without a level is unknown.
---  call
---  reply  outcome=unknown
---@example A corrupt level is an error, and nothing is written.
---  given  HSET {stock} total 12 level:berlin twelve
---  call
---  error  CORRUPT level of a warehouse
local function recount(stock, reservations, reservation_ends)
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
  local names = redis.call("ZRANGE", reservation_ends, 0, MAX_HELD)
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
    return "correct", total, total - held
  end
  redis.call("HSET", stock, "total", total, "held", held)
  return "recounted", total, total - held
end

return recount
