local add_closed = require("lib.stock.add_closed")
local close_reservation = require("lib.stock.close_reservation")
local close_reservations = require("lib.stock.close_reservations")
local commit_arguments = require("lib.stock.commit_arguments")
local ended_leases = require("lib.stock.ended_leases")
local now_ms = require("lib.now_ms")
local remembered_commit = require("lib.stock.remembered_commit")
local status_change = require("lib.stock.status_change")
local stock_counts = require("lib.stock.stock_counts")
local stock_levels = require("lib.stock.stock_levels")
local stored_integer = require("lib.stored_integer")
local stored_level = require("lib.stock.stored_level")
local stored_reservation = require("lib.stock.stored_reservation")
local take_units = require("lib.stock.take_units")
local watched_low = require("lib.stock.watched_low")

-- The upper bound of the type level.
local MAX_LEVEL = 1000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Sells the units that a reservation holds: they leave the stock.
---
--- Without a warehouse, the units come from the fullest warehouse first. When a lease has ended by
--- Redis's clock, the reservation is expired, even before a sweep. The script closes it for good, and
--- its units are available again.
---
--- With `retake`, the script sells the units of an expired reservation in the same step, if that many
--- are available without its own hold. If not, it first closes other ended leases, at most 100, if the
--- units then suffice. Else it answers "shortfall". It never retakes a released reservation.
---
--- With `backorder`, the units leave although the warehouses have too few. Units that no warehouse has
--- are booked on the fullest one, or on the given one, below zero. With `retake`, they leave although
--- too few are available.
---
--- If the call sells nothing, the script remembers its answer and its arguments under the operation,
--- for remember_ms but at most 11 minutes, unless the closed reservation is known for longer. A new
--- attempt needs a new operation; the client generates one for each call. After "committed", the
--- operation is not remembered, so the script cannot compare it.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param commit_operation key.commit_operation write
---@param reservation id names the reservation, such as the cart or the order
---@param warehouse id? only from this warehouse; absent: from all warehouses of the product
---@param retake flag? also sells an expired reservation, if there is stock; absent: it does not
---@param backorder flag? sells the units although the warehouses have too few; absent: it does not
---@param remember_ms remember_ms how long the script remembers how the reservation has ended
---@return "committed"|"already_committed"|"short"|"shortfall"|"mismatch"|"prepared"|"released"|"expired"|"unknown"
---   outcome committed: the units are sold; already_committed: an earlier call committed it; short:
---   the warehouses have too few units now, and the reservation stays held; shortfall: it had expired,
---   and too few units are available to retake it; mismatch: a remembered answer of this operation was
---   for another reservation, warehouse, retake or backorder, and nothing is changed; prepared: a cart
---   that has it is being committed; released: it was released before; expired: its lease has ended;
---   unknown: the reservation does not exist, is no longer remembered, or its product has no stock
---@return total? total when committed: over all warehouses, after this operation
---@return available? available when committed: the total minus held units, after this operation
---@return quantity? missing when shortfall: how many of its units are not available
---@return stock_status? status_before sometimes: if the product is watched, and the call has changed
---   the available units; the status before the call
---@return stock_status? status sometimes: as status_before; the status after the call
---@cost O(W + E log R), W the product's warehouses, at most 100, or 1 with a warehouse; E with retake
---   the leases that it closes, at most 100, else 1; R the product's reservations
---@oom runs it ends a reservation, and a sweep removes it later
---@resend safe within remember_ms, a closed reservation is known; another answer is remembered for
---   remember_ms but at most 11 minutes; a second run changes nothing
---@many 64
---
---@example Held units are sold.
---  given  HSET {stock} total 12 held 5 level:berlin 5 level:paris 7
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=committed total=9 available=7
---  again  outcome=already_committed
---  then   HMGET {stock} level:berlin level:paris held = 5 4 2
---  then   EXISTS {reservation_ends} = 0
---@example A reservation whose lease has ended sells nothing, and is closed.
---  given  HSET {stock} total 3 held 3 level:berlin 3
---  given  HSET {reservations} cart-1 "held 3 {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=expired
---  then   HGET {stock} held = 0
---  then   ZCARD {closed_reservations} = 1
---@example A payment after the lease sells the units, because they are available.
---  given  HSET {stock} total 5 held 2 level:berlin 5
---  given  HSET {reservations} cart-1 "expired 3 {now+60000}"
---  given  ZADD {closed_reservations} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 retake=yes remember_ms=3600000
---  reply  outcome=committed total=2 available=0
---  again  outcome=already_committed
---  then   HMGET {stock} level:berlin held = 2 2
---@example A payment after the lease finds too few units, and a late copy of it finds the same.
---  given  HSET {stock} total 4 held 5 level:berlin 4
---  given  HSET {reservations} cart-1 "held 3 {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 operation=op-1 retake=yes remember_ms=3600000
---  reply  outcome=shortfall missing=1
---  then   GET {commit_operation} = "shortfall=1 cart-1\t\tretake"
---  then   HGET {stock} held = 2
---@example A commit on backorder sells more units than the warehouses have.
---  given  HSET {stock} total 2 held 3 level:berlin 1 level:paris 1
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 backorder=yes remember_ms=3600000
---  reply  outcome=committed total=-1 available=-1
---  again  outcome=already_committed
---  then   HMGET {stock} level:berlin level:paris = -1 0
---@example The warehouses have fewer units than the reservation.
---  given  HSET {stock} total 2 held 3 level:berlin 2
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=short
---  then   GET {commit_operation} = "short cart-1\t"
---@example A late copy of a call that was "short" sells nothing, although there are units now.
---  given  HSET {stock} total 3 held 3 level:berlin 3
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  given  SET {commit_operation} "short cart-1\t" PX 60000
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=short
---@example The units of a cart that is being committed are not for this reservation.
---  given  HSET {stock} total 3 held 5 prepared 2 level:berlin 3
---  given  HSET {reservations} cart-1 "held 3 {now+60000}" cart-2 "prepared 2 {now+60000} 7"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=short
---@example The same operation with another reservation is a mismatch.
---  given  HSET {stock} total 3 held 3 level:berlin 3
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  given  SET {commit_operation} "unknown cart-0\t" PX 60000
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=mismatch
---  then   HGET {stock} total = 3
---@example A corrupt level is an error, and nothing is written.
---  given  HSET {stock} total 3 held 3 level:berlin three
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  error  CORRUPT level of a warehouse
local function commit(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  commit_operation,
  reservation,
  warehouse,
  retake,
  backorder,
  remember_ms
)
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", commit_operation)
  if remembered then
    local arguments = commit_arguments(reservation, warehouse, retake, backorder)
    local outcome, missing = remembered_commit(remembered, arguments)
    return outcome, nil, nil, missing
  end

  local outcome = "unknown"
  local shortfall, status_before, status = nil, nil, nil
  if known then
    local state, units, ends_at, fence = stored_reservation(known)
    local now = now_ms()
    local is_over = state == "expired" or (state == "held" and now >= ends_at)
    local is_closed = state ~= "held" and not (is_over and retake)
    if is_closed and state ~= "prepared" and ends_at - now >= HORIZON_MS then
      -- The reservation is known as long as a late copy of this call may come.
      return state == "committed" and "already_committed" or state
    end
    if is_closed then
      outcome = state == "committed" and "already_committed" or state
    elseif is_over and not retake then
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local forget_at_ms = now + remember_ms
      local _, status_before, status = close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        units,
        "expired",
        forget_at_ms,
        fence
      )
      return "expired", nil, nil, nil, status_before, status
    else
      local total, held, field, level, fields, prepared, watch
      if warehouse then
        field = "level:" .. warehouse
        local stored = redis.call("HMGET", stock, "total", "held", field, "prepared", "watch")
        total, held = stock_counts(stored[1], stored[2])
        level, prepared, watch = stored_level(stored[3]), stored[4], stored[5]
      else
        fields, total, held, field, level, watch, prepared = stock_levels(stock, 1)
      end
      local low = watched_low(watch)
      local own = state == "held" and units or 0
      local changed, missing = nil, level and math.max(units - level, 0) or units
      if missing > 0 and fields then
        changed, missing = take_units(fields, units)
      end
      local new_level = level and level - units or 0
      if backorder and level and missing > 0 then
        if changed then
          -- Units that no warehouse has are booked on the fullest, below zero.
          new_level = changed[2] - missing
          changed[2] = new_level
        end
        if new_level < -MAX_LEVEL then
          error({ err = "ARGUMENT stock.commit units: the level of a warehouse stays from -10^12 to 10^12" })
        end
        missing = 0
      end
      local names, texts, forget_times, freed = nil, nil, nil, 0
      if is_over and total and not backorder then
        if units + held - own > total then
          -- The units of other leases that have ended are free too.
          names, texts, forget_times, freed =
            ended_leases(reservations, reservation_ends, now, now + remember_ms, reservation)
          if freed > held - own then
            error({ err = "CORRUPT held" })
          end
        end
        missing = math.max(missing, units + held - own - freed - total)
      end
      -- Units of carts that are being committed are not for other reservations.
      local unprepared = (total or 0) - (stored_integer(prepared, "prepared") or 0)
      if total and held < own then
        error({ err = "CORRUPT held" })
      elseif level and not total then
        error({ err = "CORRUPT total" })
      elseif is_over and missing > 0 then
        shortfall = math.min(missing, units)
        if state == "held" then
          local _
          _, status_before, status = close_reservation(
            stock,
            reservations,
            reservation_ends,
            closed_reservations,
            reservation,
            units,
            "expired",
            now + remember_ms,
            fence
          )
        end
      elseif total and (missing > 0 or (units > unprepared and not backorder)) then
        outcome = "short"
      elseif level and field then
        -- ZCARD proves the type before the first write.
        redis.call("ZCARD", closed_reservations)
        local forget_at = string.format("%d", now + remember_ms)
        local text = string.format("committed %d %s", units, forget_at)
        if names and texts and forget_times then
          add_closed(names, texts, forget_times, reservation, text, forget_at)
          close_reservations(reservations, reservation_ends, closed_reservations, names, texts, forget_times)
        else
          redis.call("ZREM", reservation_ends, reservation)
          redis.call("ZADD", closed_reservations, forget_at, reservation)
          redis.call("HSET", reservations, reservation, text)
        end
        local still_held = held - own - freed
        if changed then
          -- at most 204 values
          redis.call("HSET", stock, "total", total - units, "held", still_held, unpack(changed))
        else
          redis.call("HSET", stock, "total", total - units, "held", still_held, field, new_level)
        end
        local available = total - units - still_held
        if low then
          status_before, status = status_change(stock, low, total - held, available)
        end
        return "committed", total - units, available, nil, status_before, status
      end
    end
  end
  local arguments = commit_arguments(reservation, warehouse, retake, backorder)
  if shortfall then
    local answer = string.format("shortfall=%d %s", shortfall, arguments)
    redis.call("SET", commit_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
    return "shortfall", nil, nil, shortfall, status_before, status
  end
  redis.call("SET", commit_operation, outcome .. " " .. arguments, "PX", math.min(remember_ms, HORIZON_MS))
  return outcome
end

return commit
