local corrupt = require("lib.corrupt")
local now_ms = require("lib.now_ms")
local read_reservation = require("lib.stock.read_reservation")
local stock_counts = require("lib.stock.stock_counts")
local write_reservation = require("lib.stock.write_reservation")

--- Releases the units that a reservation holds, for an order that was cancelled.
---
--- If the lease has ended and no reserve or sweep has ended the reservation yet, the script ends it
--- and returns "expired". Its units are available again.
---
---@version 1.0.1
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param reservation id names the reservation, such as the cart or the order
---@param remember_ms remember_ms how long the script remembers that the reservation has ended
---@return "released"|"already_committed"|"expired"|"unknown" outcome released: the units are
---   available again, now or by an earlier call; already_committed: the units are sold; expired:
---   its lease has ended; unknown: the reservation does not exist, or is no longer remembered
---@return available? available when released: the total minus held units, now
---@cost O(log R), R the product's reservations
---@oom runs it ends a reservation, and a sweep removes it later
---@resend safe a released reservation is "released" again, and a second run changes nothing
---
---@example Held units are available again.
---  given  HSET {stock} total 12 held 5 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=released available=10
---  then   HGET {stock} held = 2
---@example A committed reservation stays committed.
---  given  HSET {stock} total 12 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "committed 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=already_committed
---@example After the end of the lease, the units are available again too.
---  given  HSET {stock} total 12 held 3 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=expired
---  again  outcome=expired
---  then   HGET {stock} held = 0
---  then   HGET {reservations} cart-1 = "expired 3"
---@example A corrupt count is an error, and nothing is written.
---  given  HSET {stock} total 12 held 2 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  error  CORRUPT held
local function release(stock, reservations, reservation_ends, reservation, remember_ms)
  local now = now_ms()
  local state, units, ends_at = read_reservation(reservations, reservation_ends, reservation)
  local total, held = stock_counts(stock)

  if not state or not units then
    return "unknown"
  elseif not ends_at or not total then
    corrupt("reservation without an end or a stock")
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released", total - held
  elseif state == "expired" then
    return "expired"
  end
  if held < units then
    corrupt("held")
  end

  local outcome = now < ends_at and "released" or "expired"
  redis.call("HSET", stock, "held", held - units)
  write_reservation(reservations, reservation_ends, reservation, outcome, units, now + remember_ms)
  if outcome == "expired" then
    return "expired"
  end
  return "released", total - held + units
end

return release
