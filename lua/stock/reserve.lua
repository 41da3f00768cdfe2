local add_closed = require("lib.stock.add_closed")
local close_reservation = require("lib.stock.close_reservation")
local ended_leases = require("lib.stock.ended_leases")
local forget_closed = require("lib.reservation.forget_closed")
local index_lease_end = require("lib.reservation.index_lease_end")
local now_ms = require("lib.now_ms")
local remembered_reserve = require("lib.reservation.remembered_reserve")
local replaced_reservation = require("lib.reservation.replaced_reservation")
local reserve_arguments = require("lib.reservation.reserve_arguments")
local status_change = require("lib.stock.status_change")
local stock_counts = require("lib.stock.stock_counts")
local stored_reservation = require("lib.stock.stored_reservation")
local watched_low = require("lib.stock.watched_low")

-- The upper bound of the field held.
local MAX_HELD_UNITS = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Holds units of a product for a while, for an order that is not paid yet.
---
--- Available = total - held, over all warehouses. The script holds or refuses a reservation as a
--- whole. A reservation ends by commit, by release, or with its lease, by Redis's clock. `extend`
--- makes the lease longer; a second reserve does not.
---
--- First the script closes reservations whose lease is over, at most 100. If more are over and the
--- units are still too few, it answers "again" instead of "refused". If the reservation itself is
--- known and its lease is over, the script closes it alone, for good, and answers "expired".
---
--- `replaces` names an older reservation of the same buyer and product. If the new one is reserved, the
--- old one is released in the same step, also if its lease has ended. If not, the old one stays as it
--- was. A reservation that is known already replaces nothing.
---
--- With `backorder`, the script holds the units although too few are available. Available may then be
--- below zero. A product on preorder has a level of 0.
---
--- The script writes the product into the index of its slot, so that the sweeper of
--- `moonpath/expiry` finds it when a lease ends. Without a sweeper, units of an ended lease are
--- available again with the next reserve of the product.
---
--- The script remembers every answer except "reserved" under the operation, for remember_ms but at
--- most 11 minutes, unless a closed reservation is known for longer. A new attempt needs a new
--- operation; the client generates one for each call. After "reserved", the operation is not
--- remembered, so the script cannot compare it.
---
--- The script remembers how a reservation ended for the remember_ms of the call that closed it. If
--- the lease ran out, that call is the next reserve or sweep of the product. So all callers of a
--- product must pass the same value.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param slot_due key.slot_due write
---@param reserve_operation key.reserve_operation write
---@param reservation id names the reservation, such as the cart or the order
---@param units quantity how many units to hold
---@param replaces id? an older reservation of the buyer, which ends if this one is reserved
---@param backorder flag? holds the units although too few are available
---@param lease_ms ms how long the units are held unless committed
---@param remember_ms remember_ms how long the script remembers reservations that this call closes;
---   the same value for all callers of the product
---@return "reserved"|"refused"|"again"|"mismatch"|"prepared"|"already_committed"|"released"|"expired"|"unknown"
---   outcome reserved: the units are held; refused: too few units are available; again: too few are
---   available, but more leases are over than one call closes, so call again; mismatch: the
---   reservation holds another number of units, or a remembered answer of this operation was for
---   other arguments; prepared: a cart that has it, or the one that it replaces, is being committed;
---   already_committed: it was committed before; released: it was released before; expired: its lease
---   has ended; unknown: the product has no stock
---@return available? available when reserved|refused: the total minus held units, after this call
---@return epoch_ms? lease_ends_ms when reserved: when the lease ends
---@return stock_status? status_before sometimes: if the product is watched, and the call has changed
---   the available units; the status before the call
---@return stock_status? status sometimes: as status_before; the status after the call
---@return flag? repeated sometimes: an earlier call has reserved the units, and this one changed nothing
---@cost O(E log R), E the leases that it closes, at most 100, R the product's reservations
---@resend safe within remember_ms, a reservation is known; an answer without one is remembered for
---   remember_ms but at most 11 minutes; a second run holds no more units
---@many 32
---
---@example Units are held.
---  given  HSET {stock} total 12 held 2 level:berlin 12
---  call   reservation=cart-1 operation=op-1 units=3 lease_ms=60000 remember_ms=3600000
---  reply  outcome=reserved available=7 lease_ends_ms=*
---  again  outcome=reserved available=7 lease_ends_ms=~ repeated=yes
---  then   HGET {stock} held = 5
---  then   EXISTS {reserve_operation} = 0
---@example A reservation of more units than available is refused as a whole.
---  given  HSET {stock} total 12 held 10 level:berlin 12
---  call   reservation=cart-1 operation=op-1 units=3 lease_ms=60000 remember_ms=3600000
---  reply  outcome=refused available=2
---  then   EXISTS {reservations} = 0
---  then   GET {reserve_operation} = "refused 2 3 cart-1"
---@example The buyer's older reservation ends in the same step.
---  given  HSET {stock} total 5 held 4 level:berlin 5
---  given  HSET {reservations} cart-0 "held 4 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-0
---  call   reservation=cart-1 operation=op-1 units=5 replaces=cart-0 lease_ms=60000
---         remember_ms=3600000
---  reply  outcome=reserved available=0 lease_ends_ms=*
---  again  outcome=reserved available=0 lease_ends_ms=~ repeated=yes
---  then   HGET {stock} held = 5
---  then   ZRANGE {reservation_ends} 0 -1 = cart-1
---  then   ZRANGE {closed_reservations} 0 -1 = cart-0
---@example If the new reservation is refused, the older one stays.
---  given  HSET {stock} total 5 held 4 level:berlin 5
---  given  HSET {reservations} cart-0 "held 4 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-0
---  call   reservation=cart-1 operation=op-1 units=6 replaces=cart-0 lease_ms=60000
---         remember_ms=3600000
---  reply  outcome=refused available=1
---  then   HGET {stock} held = 4
---  then   GET {reserve_operation} = "refused 1 6 cart-1\tcart-0\t"
---@example A product on preorder is held, although no warehouse has units.
---  given  HSET {stock} total 0 level:berlin 0
---  call   reservation=cart-1 operation=op-1 units=2 backorder=yes lease_ms=60000 remember_ms=3600000
---  reply  outcome=reserved available=-2 lease_ends_ms=*
---  again  outcome=reserved available=-2 lease_ends_ms=~ repeated=yes
---@example A late copy of a refused call holds nothing, although units are available now.
---  given  HSET {stock} total 12 level:berlin 12
---  given  SET {reserve_operation} "refused 2 3 cart-1" PX 60000
---  call   reservation=cart-1 operation=op-1 units=3 lease_ms=60000 remember_ms=3600000
---  reply  outcome=refused available=2
---@example The same operation with another reservation is a mismatch.
---  given  HSET {stock} total 12 level:berlin 12
---  given  SET {reserve_operation} "refused 2 3 cart-0" PX 60000
---  call   reservation=cart-1 operation=op-1 units=3 lease_ms=60000 remember_ms=3600000
---  reply  outcome=mismatch
---  then   EXISTS {reservations} = 0
---@example First the units of a reservation whose lease has ended are available again.
---  given  HSET {stock} total 3 held 3 level:berlin 3
---  given  HSET {reservations} cart-0 "held 3 {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-0
---  call   reservation=cart-1 operation=op-1 units=2 lease_ms=60000 remember_ms=3600000
---  reply  outcome=reserved available=1 lease_ends_ms=*
---  again  outcome=reserved available=1 lease_ends_ms=~ repeated=yes
---  then   ZCARD {closed_reservations} = 1
---  then   HGET {stock} held = 2
---@example A committed reservation is remembered.
---  given  HSET {stock} total 3 level:berlin 3
---  given  HSET {reservations} cart-1 "committed 3 {now+60000}"
---  given  ZADD {closed_reservations} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 units=3 lease_ms=60000 remember_ms=3600000
---  reply  outcome=already_committed
---  then   GET {reserve_operation} = "already_committed 0 3 cart-1"
---@example A reservation of a cart that is being committed stays as it is.
---  given  HSET {stock} total 3 held 3 prepared 3 level:berlin 3
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  call   reservation=cart-1 operation=op-1 units=3 lease_ms=60000 remember_ms=3600000
---  reply  outcome=prepared
---  then   GET {reserve_operation} = "prepared 0 3 cart-1"
---@example A reservation whose own lease has ended is closed, and its units are available again.
---  given  HSET {stock} total 3 held 3 level:berlin 3
---  given  HSET {reservations} cart-1 "held 3 {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 operation=op-1 units=3 lease_ms=60000 remember_ms=3600000
---  reply  outcome=expired
---  then   HGET {stock} held = 0
---  then   ZCARD {closed_reservations} = 1
---@example A corrupt reservation is an error, and nothing is written.
---  given  HSET {stock} total 3 level:berlin 3
---  given  HSET {reservations} cart-1 "lost 3 {now+60000}"
---  call   reservation=cart-1 operation=op-1 units=3 lease_ms=60000 remember_ms=3600000
---  error  CORRUPT reservation
local function reserve(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  slot_due,
  reserve_operation,
  reservation,
  units,
  replaces,
  backorder,
  lease_ms,
  remember_ms
)
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = stored[3] and watched_low(stored[3])
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", reserve_operation)
  if remembered then
    return remembered_reserve(remembered, reserve_arguments(units, reservation, replaces, backorder))
  end

  local now = now_ms()
  local outcome, available = "unknown", 0
  local old = replaces and not known and redis.call("HGET", reservations, replaces)
  local status_before, status = nil, nil
  if known then
    local state, known_units, ends_at, fence = stored_reservation(known)
    if state == "held" and now < ends_at then
      if total and known_units == units then
        return "reserved", total - held, ends_at, nil, nil, true
      end
      outcome = total and "mismatch" or "unknown"
    elseif state == "held" then
      outcome = "expired"
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local forget_at_ms = now + remember_ms
      local _
      _, status_before, status = close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        known_units,
        "expired",
        forget_at_ms,
        fence
      )
    else
      outcome = state == "committed" and "already_committed" or state
      if state ~= "prepared" and ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return outcome
      end
    end
  elseif old and string.find(old, "^prepared ") then
    -- The buyer is paying for the older one.
    outcome = "prepared"
  elseif total then
    local forget_at_ms = now + remember_ms
    local names, texts, forget_times, freed, has_more =
      ended_leases(reservations, reservation_ends, now, forget_at_ms)
    local old_units, replaced = nil, 0
    if old and replaces then
      old_units, replaced = replaced_reservation(old, replaces, names)
    end
    if freed + replaced > held then
      error({ err = "CORRUPT held" })
    end
    local now_text = string.format("%d", now)
    local has_forgotten = redis.call("ZCOUNT", closed_reservations, "-inf", now_text) > 0

    available = total - held + freed
    local is_reserved = backorder or available + replaced >= units
    if is_reserved and held - freed - replaced + units > MAX_HELD_UNITS then
      error({ err = "ARGUMENT stock.reserve units: a product has at most 10^14 held units" })
    end
    if is_reserved and old_units and replaces then
      -- Its new text comes last, so it counts also if the lease has ended.
      names, texts, forget_times = names or {}, texts or {}, forget_times or {}
      local forget_at = string.format("%d", forget_at_ms)
      local text = string.format("released %d %s", old_units, forget_at)
      add_closed(names, texts, forget_times, replaces, text, forget_at)
      freed, available = freed + replaced, available + replaced
    end
    local lease_ends = now + lease_ms
    if names and forget_times then
      -- ZCARD proves the type before the first write.
      redis.call("ZCARD", slot_due)
      -- at most 202 values
      redis.call("ZADD", closed_reservations, unpack(forget_times))
    end
    if is_reserved then
      outcome, available = "reserved", available - units
      local ends_text = string.format("%d", lease_ends)
      index_lease_end(slot_due, stock, now, ends_text)
      redis.call("HSET", reservations, reservation, string.format("held %d %s", units, ends_text))
      redis.call("ZADD", reservation_ends, ends_text, reservation)
      redis.call("HSET", stock, "held", held - freed + units)
    else
      outcome = has_more and "again" or "refused"
      if freed > 0 then
        redis.call("HSET", stock, "held", held - freed)
      end
    end
    if names and texts then
      -- at most 202 values
      redis.call("HSET", reservations, unpack(texts))
      -- at most 101 names
      redis.call("ZREM", reservation_ends, unpack(names))
    end
    if has_forgotten then
      -- The older reservation is closed anew by now, so it is not removed.
      forget_closed(reservations, closed_reservations, now_text)
    end
    if low then
      status_before, status = status_change(stock, low, total - held, available)
    end
    if outcome == "reserved" then
      return "reserved", available, lease_ends, status_before, status
    end
  end

  local arguments = reserve_arguments(units, reservation, replaces, backorder)
  local answer = string.format("%s %d %s", outcome, available, arguments)
  redis.call("SET", reserve_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  if outcome == "refused" and not status then
    return "refused", available
  elseif outcome == "refused" then
    return "refused", available, nil, status_before, status
  elseif status then
    return outcome, nil, nil, status_before, status
  end
  return outcome
end

return reserve
