local corrupt = require("lib.corrupt")
local now_ms = require("lib.now_ms")
local stock_held = require("lib.stock_held")
local stored_integer = require("lib.stored_integer")
local stored_reservation = require("lib.stored_reservation")

--- Gives back what a reservation holds, for an order that was given up.
---
--- A reservation whose lease is over gives back, too, unless it was swept before; it is "expired" all the same.
---
---@version 1.0.1
---@param stock key.stock write
---@param reservations key.reservations write
---@param ends key.reservation_ends write
---@param reservation id
---@param remember_ms remember_ms how long it is known that the reservation has ended
---@return "released"|"already_committed"|"expired"|"unknown" outcome unknown: no such reservation, or forgotten
---@return available? available when released: units, now
---@cost O(log R), R the product's reservations
---@oom runs it ends what is held, and lets it be forgotten
---@resend safe what was released is "released" again, and gives nothing more
---
---@example Held units are available again.
---  given  HSET {stock} total 12 held 5 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=released available=10
---  then   HGET {stock} held = 2
---@example What was sold stays sold.
---  given  HSET {stock} total 12 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "committed 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=already_committed
---@example A lease that is over gives back as well.
---  given  HSET {stock} total 12 held 3 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  reply  outcome=expired
---  again  outcome=expired
---  then   HGET {stock} held = 0
---  then   HGET {reservations} cart-1 = "expired 3"
---@example A corrupt count is named, and nothing is written.
---  given  HSET {stock} total 12 held 2 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 remember_ms=60000
---  error  CORRUPT held
local function release(stock, reservations, ends, reservation, remember_ms)
  local now = now_ms()
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
  local total, held = stock_held(stock)

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
  redis.call("HSET", reservations, reservation, string.format("%s %.0f", outcome, units))
  redis.call("ZADD", ends, now + remember_ms, reservation)
  if outcome == "expired" then
    return "expired"
  end
  return "released", total - held + units
end

return release
