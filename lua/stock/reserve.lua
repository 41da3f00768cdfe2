local close_reservations = require("lib.close_reservations")
local corrupt = require("lib.corrupt")
local due_reservations = require("lib.due_reservations")
local now_ms = require("lib.now_ms")
local stock_held = require("lib.stock_held")
local stored_integer = require("lib.stored_integer")
local stored_reservation = require("lib.stored_reservation")

-- So that the last pair is not refused for a cart that was given up.
local MOST_ENDED = 100

--- Holds units of a product for a while, for an order that is not paid yet.
---
--- Available is the total of all warehouses without what is held. A reservation is taken whole or refused whole. It ends by
--- commit, by release, or with its lease, by Redis's clock. Leases that are over are ended on the way, 100 at most: where more
--- have piled up unswept, units may be refused that the next calls free.
---
--- What a reservation ended by is known for the remember_ms of the call that ended it: where the lease ran out, the next reserve
--- or sweep of the product. So all callers of a product pass the same.
---
---@version 1.0.1
---@param stock key.stock write
---@param reservations key.reservations write
---@param ends key.reservation_ends write
---@param reservation id
---@param units quantity
---@param lease_ms ms how long the units are held unless committed
---@param remember_ms remember_ms how long reservations that this call ends are known
---@return "reserved"|"refused"|"mismatch"|"already_committed"|"released"|"expired"|"unknown" outcome refused: too few available; mismatch: held with other units; unknown: no such stock yet
---@return available? available when reserved|refused: units, after this reservation
---@return epoch_ms? lease_ends_ms when reserved
---@cost O(E log R), E the leases that it ends, at most 100, R the product's reservations
---@resend safe within the remember_ms of all callers, a reservation that is held already is "reserved" again, and holds nothing more
---
---@example Units are held.
---  given  HSET {stock} total 12 held 2 level:berlin 12 seq:berlin 9
---  call   reservation=cart-1 units=3 lease_ms=60000 remember_ms=60000
---  reply  outcome=reserved available=7 lease_ends_ms=*
---  then   HGET {reservations} cart-1 = "held 3"
---  then   HGET {stock} held = 5
---@example More than is available is refused whole.
---  given  HSET {stock} total 12 held 10 level:berlin 12 seq:berlin 9
---  call   reservation=cart-1 units=3 lease_ms=60000 remember_ms=60000
---  reply  outcome=refused available=2
---  then   EXISTS {reservations} = 0
---@example A lease that is over frees its units first.
---  given  HSET {stock} total 3 held 3 level:berlin 3 seq:berlin 9
---  given  HSET {reservations} cart-0 "held 3"
---  given  ZADD {reservation_ends} {now-1} cart-0
---  call   reservation=cart-1 units=2 lease_ms=60000 remember_ms=60000
---  reply  outcome=reserved available=1 lease_ends_ms=*
---  then   HGET {reservations} cart-0 = "expired 3"
---  then   HGET {stock} held = 2
---@example A reservation that was committed is known.
---  given  HSET {stock} total 3 level:berlin 3 seq:berlin 9
---  given  HSET {reservations} cart-1 "committed 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 units=3 lease_ms=60000 remember_ms=60000
---  reply  outcome=already_committed
---@example A corrupt reservation is named, and nothing is written.
---  given  HSET {stock} total 3 level:berlin 3 seq:berlin 9
---  given  HSET {reservations} cart-1 "lost 3"
---  call   reservation=cart-1 units=3 lease_ms=60000 remember_ms=60000
---  error  CORRUPT reservation
local function reserve(stock, reservations, ends, reservation, units, lease_ms, remember_ms)
  local now = now_ms()
  local state, held_units = stored_reservation(redis.call("HGET", reservations, reservation))
  local ends_at = stored_integer(redis.call("ZSCORE", ends, reservation), "end of a reservation")
  local total, held = stock_held(stock)

  if state and not ends_at then
    corrupt("reservation without an end")
  end
  if state == "held" and now < ends_at then
    if not total then
      corrupt("total")
    elseif held_units ~= units then
      return "mismatch"
    end
    return "reserved", total - held, ends_at
  elseif state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released"
  elseif state then
    return "expired"
  end
  if not total then
    return "unknown"
  end

  local over, freed = due_reservations(reservations, ends, now, MOST_ENDED)
  if freed > held then
    corrupt("held")
  end
  local still_held = held - freed
  local forget_at = now + remember_ms
  if total - still_held < units then
    close_reservations(reservations, ends, over, forget_at)
    if freed > 0 then
      redis.call("HSET", stock, "held", still_held)
    end
    return "refused", total - still_held
  end
  local lease_ends = now + lease_ms
  close_reservations(reservations, ends, over, forget_at)
  redis.call("HSET", reservations, reservation, string.format("held %.0f", units))
  redis.call("ZADD", ends, lease_ends, reservation)
  redis.call("HSET", stock, "held", still_held + units)
  return "reserved", total - still_held - units, lease_ends
end

return reserve
