local corrupt = require("lib.corrupt")
local now_ms = require("lib.now_ms")
local share_units = require("lib.share_units")
local stock_held = require("lib.stock_held")
local stock_levels = require("lib.stock_levels")
local stored_integer = require("lib.stored_integer")
local stored_reservation = require("lib.stored_reservation")

--- Sells what a reservation holds: its units leave the shelves.
---
--- Without a warehouse, they come from the fullest one first. A reservation whose lease is over is expired, by Redis's clock,
--- whether a sweep came by or not.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param ends key.reservation_ends write
---@param reservation id
---@param warehouse id? only from this one; from all of them when absent
---@param remember_ms remember_ms how long it is known that the reservation was committed
---@return "committed"|"already_committed"|"short"|"released"|"expired"|"unknown" outcome short: the shelves, or those of the warehouse, have fewer units by now, and the reservation stays; unknown: no such reservation, or forgotten
---@return total? total when committed: over all warehouses, after this operation
---@return available? available when committed
---@cost O(W log W + log R), W the product's warehouses, at most 100, R its reservations
---@oom runs it ends what is held, and lets it be forgotten
---@resend safe what was committed is "already_committed", and moves nothing more
---
---@example Held units are sold.
---  given  HSET {stock} total 12 held 5 level:berlin 5 seq:berlin 9 level:paris 7 seq:paris 1
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=committed total=9 available=7
---  again  outcome=already_committed
---  then   HMGET {stock} level:berlin level:paris held = 5 4 2
---@example A lease that is over sells nothing.
---  given  HSET {stock} total 3 held 3 level:berlin 3 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=expired
---@example The shelves hold less than was promised.
---  given  HSET {stock} total 2 held 3 level:berlin 2 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=short
---@example A corrupt level is named, and nothing is written.
---  given  HSET {stock} total 3 held 3 level:berlin three seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  error  CORRUPT level of a warehouse
local function commit(stock, reservations, ends, reservation, warehouse, remember_ms)
  local now = now_ms()
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
  local total, held = stock_held(stock)

  if not state or not units then
    return "unknown"
  elseif not ends_at then
    corrupt("reservation without an end")
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released"
  elseif state == "expired" or now >= ends_at then
    return "expired"
  end
  if not total or held < units then
    corrupt("held")
  end

  local sources = {}
  -- at most 100 warehouses
  for _, level in ipairs(stock_levels(stock)) do
    if not warehouse or warehouse == level.warehouse then
      sources[#sources + 1] = level
    end
  end
  local moves, left = share_units(-units, sources)
  if left < 0 then
    return "short"
  end

  -- at most 100 warehouses
  for position, source in ipairs(sources) do
    if moves[position] ~= 0 then
      redis.call("HSET", stock, "level:" .. source.warehouse, source.quantity + moves[position])
    end
  end
  redis.call("HSET", stock, "total", total - units, "held", held - units)
  redis.call("HSET", reservations, reservation, string.format("committed %.0f", units))
  redis.call("ZADD", ends, now + remember_ms, reservation)
  return "committed", total - units, total - held
end

return commit
