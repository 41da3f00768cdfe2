local close_reservations = require("lib.stock.close_reservations")
local corrupt = require("lib.corrupt")
local due_reservations = require("lib.stock.due_reservations")
local now_ms = require("lib.now_ms")
local read_reservation = require("lib.stock.read_reservation")
local stock_counts = require("lib.stock.stock_counts")
local write_reservation = require("lib.stock.write_reservation")

-- The maximum number of ended leases that one call handles before it compares the available units.
local MAX_ENDED = 100

--- Holds units of a product for a while, for an order that is not paid yet.
---
--- Available = total - held, over all warehouses. The script holds or refuses a reservation as a
--- whole. A reservation ends by commit, by release, or with its lease, by Redis's clock.
---
--- First the script ends at most 100 reservations whose lease is over. If there are more, it may
--- refuse units that are available after the next calls.
---
--- A reservation whose lease has ended stays in `held` until a later reserve, a sweep or a release
--- ends it. A product that nobody reserves again needs a sweeper: call `reserve` of
--- `moonpath/expiry`, which registers the product for it.
---
--- The script remembers how a reservation ended for the remember_ms of the call that ended it. If
--- the lease ran out, that call is the next reserve or sweep of the product. So all callers of a
--- product must pass the same value.
---
---@version 1.0.1
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param reservation id names the reservation, such as the cart or the order
---@param units quantity how many units to hold
---@param lease_ms ms how long the units are held unless committed
---@param remember_ms remember_ms how long the script remembers reservations that this call ends;
---   the same value for all callers of the product
---@return "reserved"|"refused"|"mismatch"|"already_committed"|"released"|"expired"|"unknown"
---   outcome reserved: the units are held; refused: too few units are available; mismatch: the
---   reservation holds another number of units; already_committed: it was committed before;
---   released: it was released before; expired: its lease has ended; unknown: the product has no
---   stock
---@return available? available when reserved|refused: the total minus held units, after this call
---@return epoch_ms? lease_ends_ms when reserved: when the lease ends
---@cost O(E log R), E the leases that it ends, at most 100, R the product's reservations
---@resend safe while Redis remembers the reservation, a second run holds no more units, and a held
---   reservation is "reserved" again; after that, a second run holds the units again
---
---@example Units are held.
---  given  HSET {stock} total 12 held 2 level:berlin 12 seq:berlin 9
---  call   reservation=cart-1 units=3 lease_ms=60000 remember_ms=60000
---  reply  outcome=reserved available=7 lease_ends_ms=*
---  then   HGET {reservations} cart-1 = "held 3"
---  then   HGET {stock} held = 5
---@example A reservation of more units than available is refused as a whole.
---  given  HSET {stock} total 12 held 10 level:berlin 12 seq:berlin 9
---  call   reservation=cart-1 units=3 lease_ms=60000 remember_ms=60000
---  reply  outcome=refused available=2
---  then   EXISTS {reservations} = 0
---@example First the units of a reservation whose lease has ended are available again.
---  given  HSET {stock} total 3 held 3 level:berlin 3 seq:berlin 9
---  given  HSET {reservations} cart-0 "held 3"
---  given  ZADD {reservation_ends} {now-1} cart-0
---  call   reservation=cart-1 units=2 lease_ms=60000 remember_ms=60000
---  reply  outcome=reserved available=1 lease_ends_ms=*
---  then   HGET {reservations} cart-0 = "expired 3"
---  then   HGET {stock} held = 2
---@example A committed reservation is remembered.
---  given  HSET {stock} total 3 level:berlin 3 seq:berlin 9
---  given  HSET {reservations} cart-1 "committed 3"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 units=3 lease_ms=60000 remember_ms=60000
---  reply  outcome=already_committed
---@example A corrupt reservation is an error, and nothing is written.
---  given  HSET {stock} total 3 level:berlin 3 seq:berlin 9
---  given  HSET {reservations} cart-1 "lost 3"
---  call   reservation=cart-1 units=3 lease_ms=60000 remember_ms=60000
---  error  CORRUPT reservation
local function reserve(stock, reservations, reservation_ends, reservation, units, lease_ms, remember_ms)
  local now = now_ms()
  local state, held_units, ends_at = read_reservation(reservations, reservation_ends, reservation)
  local total, held = stock_counts(stock)

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

  local due, freed = due_reservations(reservations, reservation_ends, now, MAX_ENDED)
  if freed > held then
    corrupt("held")
  end
  local still_held = held - freed
  local forget_at = now + remember_ms
  if total - still_held < units then
    close_reservations(reservations, reservation_ends, due, forget_at)
    if freed > 0 then
      redis.call("HSET", stock, "held", still_held)
    end
    return "refused", total - still_held
  end
  local lease_ends = now + lease_ms
  close_reservations(reservations, reservation_ends, due, forget_at)
  write_reservation(reservations, reservation_ends, reservation, "held", units, lease_ends)
  redis.call("HSET", stock, "held", still_held + units)
  return "reserved", total - still_held - units, lease_ends
end

return reserve
