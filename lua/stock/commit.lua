local corrupt = require("lib.corrupt")
local now_ms = require("lib.now_ms")
local read_reservation = require("lib.stock.read_reservation")
local share_units = require("lib.stock.share_units")
local stock_counts = require("lib.stock.stock_counts")
local stock_levels = require("lib.stock.stock_levels")
local write_levels = require("lib.stock.write_levels")
local write_reservation = require("lib.stock.write_reservation")

--- Sells the units that a reservation holds: they leave the stock.
---
--- Without a warehouse, the units come from the fullest warehouse first. When a lease has ended by
--- Redis's clock, the reservation is expired, even before a sweep.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param reservation id names the reservation, such as the cart or the order
---@param warehouse id? only from this warehouse; absent: from all warehouses of the product
---@param remember_ms remember_ms how long the script remembers that the reservation is committed
---@return "committed"|"already_committed"|"short"|"released"|"expired"|"unknown" outcome committed:
---   the units are sold; already_committed: an earlier call committed it; short: the warehouses
---   have too few units now, and the reservation stays held; released: it was released before;
---   expired: its lease has ended; unknown: the reservation does not exist, or is no longer
---   remembered
---@return total? total when committed: over all warehouses, after this operation
---@return available? available when committed: the total minus held units, after this operation
---@cost O(W log W + log R), W the product's warehouses, at most 100, R its reservations
---@oom runs it ends a reservation, and a sweep removes it later
---@resend safe a committed reservation is "already_committed", and a second run changes nothing
---
---@example Held units are sold.
---  given  HSET {stock} total 12 held 5 level:berlin 5 seq:berlin 9 level:paris 7 seq:paris 1
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=committed total=9 available=7
---  again  outcome=already_committed
---  then   HMGET {stock} level:berlin level:paris held = 5 4 2
---@example A reservation whose lease has ended sells nothing.
---  given  HSET {stock} total 3 held 3 level:berlin 3 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=expired
---@example The warehouses have fewer units than the reservation.
---  given  HSET {stock} total 2 held 3 level:berlin 2 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=short
---@example A corrupt level is an error, and nothing is written.
---  given  HSET {stock} total 3 held 3 level:berlin three seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  error  CORRUPT level of a warehouse
local function commit(stock, reservations, reservation_ends, reservation, warehouse, remember_ms)
  local now = now_ms()
  local state, units, ends_at = read_reservation(reservations, reservation_ends, reservation)
  local total, held = stock_counts(stock)

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

  local levels = stock_levels(stock, warehouse)
  local moves, remaining = share_units(-units, levels)
  if remaining < 0 then
    return "short"
  end

  write_levels(stock, { "total", total - units, "held", held - units }, levels, moves)
  write_reservation(reservations, reservation_ends, reservation, "committed", units, now + remember_ms)
  return "committed", total - units, total - held
end

return commit
