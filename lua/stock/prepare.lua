local close_reservation = require("lib.stock.close_reservation")
local close_reservations = require("lib.stock.close_reservations")
local ended_leases = require("lib.stock.ended_leases")
local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local status_change = require("lib.stock.status_change")
local stock_counts = require("lib.stock.stock_counts")
local stored_integer = require("lib.stored_integer")
local stored_reservation = require("lib.stock.stored_reservation")
local watched_low = require("lib.stock.watched_low")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Prepares a cart's line: from now on, only the decision about the cart ends this reservation.
---
--- It is the first phase of two: `cart.begin` first makes the cart's record, and `cart.decide` decides
--- after all lines are prepared. Then commit_prepared or release_prepared ends each line. The end of the
--- lease, reserve, commit and release do not end a prepared line.
---
--- A line of an earlier attempt, with a lower fence, passes to this attempt. With `retake`, the script
--- takes free units for a line whose lease has ended, and first closes other ended leases, at most 100,
--- if their units are needed and suffice. It never takes units for a line that was released. A line
--- whose lease has ended, and which is not prepared, is closed for good.
---
--- The script writes the line into the index of its slot, in the same step. After prepare_limit_ms, the
--- worker of `moonpath/cart` asks the cart's record how it was decided. The script remembers every
--- answer except "prepared" under the operation, for remember_ms but at most 11 minutes.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param slot_prepared key.slot_prepared write
---@param prepare_operation key.prepare_operation write
---@param reservation id the cart; its line of this product has the same name
---@param units quantity how many units were paid for
---@param fence fence of the attempt, as cart.begin returned it
---@param retake flag whether to take free units if the lease has ended
---@param prepare_limit_ms prepare_limit_ms as in cart.begin
---@param remember_ms remember_ms how long the script remembers reservations that this call closes; an
---   answer at most 11 minutes
---@return "prepared"|"already_committed"|"shortfall"|"short"|"mismatch"|"superseded"|"released"|"expired"|"unknown"
---   outcome prepared: only the decision ends it; already_committed: the units are sold; shortfall: the
---   lease has ended, and too few units are free; short: the warehouses have too few units now;
---   mismatch: the reservation has another number of units, or a remembered answer of this operation
---   was for other arguments; superseded: this attempt is over, or a later one has the line; released:
---   it was released before; expired: its lease has ended; unknown: the reservation does not exist, is
---   no longer remembered, or its product has no stock
---@return units? missing when shortfall|short: how many units are too few
---@return stock_status? status_before sometimes: if the product is watched, and the call has changed
---   the available units; the status before the call
---@return stock_status? status sometimes: as status_before; the status after the call
---@cost O(log R), R the product's reservations; with retake O(E log R), E the leases that it closes, at
---   most 100
---@resend safe within remember_ms, a line that this attempt has prepared is prepared; another answer is
---   remembered for remember_ms but at most 11 minutes
---
---@example A held line is prepared.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 units=3 fence=7 retake=no
---    prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=prepared
---  then   HMGET {stock} held prepared = 3 3
---  then   HGET {reservations} cart-1 = "prepared 3 {now+60000} 7"
---  then   EXISTS {reservation_ends} = 0
---  then   ZCARD {slot_prepared} = 1
---@example A later attempt takes the line over.
---  given  HSET {stock} total 12 held 3 prepared 3 level:berlin 12
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  call   reservation=cart-1 operation=op-1 units=3 fence=8 retake=no
---    prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=prepared
---  then   HGET {reservations} cart-1 = "prepared 3 {now+60000} 8"
---@example After the end of the lease, free units are taken again.
---  given  HSET {stock} total 12 held 4 level:berlin 12
---  given  HSET {reservations} cart-1 "expired 3 {now+60000}"
---  given  ZADD {closed_reservations} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 units=3 fence=7 retake=yes
---    prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=prepared
---  then   HMGET {stock} held prepared = 7 3
---  then   EXISTS {closed_reservations} = 0
---@example After the end of the lease, others hold the units.
---  given  HSET {stock} total 12 held 11 level:berlin 12
---  given  HSET {reservations} cart-1 "expired 3 {now+60000}"
---  given  ZADD {closed_reservations} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 units=3 fence=7 retake=yes
---    prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=shortfall missing=2
---  then   GET {prepare_operation} = "shortfall 2 3 7 yes cart-1"
---@example After the end of the lease, units of another lease that has ended are taken.
---  given  HSET {stock} total 4 held 5 level:berlin 4
---  given  HSET {reservations} cart-1 "held 3 {now-1}" cart-0 "held 2 {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-1 {now-1} cart-0
---  call   reservation=cart-1 operation=op-1 units=3 fence=7 retake=yes
---    prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=prepared
---  then   HMGET {stock} held prepared = 3 3
---  then   EXISTS {reservation_ends} = 0
---  then   ZRANGE {closed_reservations} 0 -1 = cart-0
---@example A line whose lease has ended is closed.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 operation=op-1 units=3 fence=7 retake=no
---    prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=expired
---  then   HMGET {stock} held = 0
---  then   ZCARD {closed_reservations} = 1
---@example A late copy of an attempt that is over changes nothing.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000} 7"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 units=3 fence=7 retake=no
---    prepare_limit_ms=10000 remember_ms=3600000
---  reply  outcome=superseded
---  then   HEXISTS {stock} prepared = 0
---@example A corrupt reservation is an error, and nothing is written.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 soon"
---  call   reservation=cart-1 operation=op-1 units=3 fence=7 retake=no
---    prepare_limit_ms=10000 remember_ms=3600000
---  error  CORRUPT reservation
local function prepare(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  slot_prepared,
  prepare_operation,
  reservation,
  units,
  fence,
  retake,
  prepare_limit_ms,
  remember_ms
)
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", prepare_operation)
  local arguments = string.format("%d %d %s %s", units, fence, retake and "yes" or "no", reservation)
  if remembered then
    local outcome, stored_missing, rest = string.match(remembered, "^([%l_]+) (%d+) (.*)$")
    local missing = stored_integer(stored_missing or "", "prepare-operation", 0, 1000000000000)
    if rest ~= arguments then
      return "mismatch"
    elseif outcome == "shortfall" or outcome == "short" then
      return outcome, missing
    elseif outcome == "mismatch" or outcome == "superseded" or outcome == "already_committed" then
      return outcome
    elseif outcome == "released" or outcome == "expired" or outcome == "unknown" then
      return outcome
    end
    error({ err = "CORRUPT prepare-operation" })
  end

  local outcome, missing = "unknown", 0
  local status_before, status = nil, nil
  local stored = redis.call("HMGET", stock, "total", "held", "prepared", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local prepared = stored_integer(stored[3], "prepared") or 0
  local low = watched_low(stored[4])
  if known and total then
    local state, known_units, ends_at, known_fence = stored_reservation(known)
    local now = now_ms()
    local is_over = state == "expired" or (state == "held" and now >= ends_at)
    local lease_end, new_held = ends_at, held
    local names, texts, forget_times, freed = nil, nil, nil, 0
    if state == "committed" then
      outcome = units == known_units and "already_committed" or "mismatch"
    elseif state == "released" then
      outcome = "released"
    elseif known_fence > fence or (known_fence == fence and state ~= "prepared") then
      outcome = "superseded"
    elseif units ~= known_units then
      outcome = "mismatch"
    elseif state == "prepared" and known_fence == fence then
      return "prepared"
    elseif state == "prepared" then
      outcome = "prepared"
    elseif is_over and not retake then
      outcome = "expired"
    elseif is_over then
      -- The units of this line are free, also if no sweep has closed it yet.
      local others = state == "held" and held - units or held
      if others + units > total then
        -- So are the units of other leases that have ended.
        names, texts, forget_times, freed =
          ended_leases(reservations, reservation_ends, now, now + remember_ms, reservation)
        if freed > others then
          error({ err = "CORRUPT held" })
        end
      end
      lease_end, new_held = 0, others - freed + units
      missing = math.max(new_held - total, 0)
      outcome = missing > 0 and "shortfall" or "prepared"
    else
      missing = math.max(prepared + units - total, 0)
      outcome = missing > 0 and "short" or "prepared"
    end
    missing = math.min(missing, units)

    if outcome == "prepared" then
      -- ZCARD proves the types before the first write.
      redis.call("ZCARD", reservation_ends)
      redis.call("ZCARD", closed_reservations)
      if names and texts and forget_times then
        redis.call("ZCARD", slot_prepared)
        -- Without a text or a time, the line itself only leaves reservation_ends.
        names[#names + 1] = reservation
        close_reservations(reservations, reservation_ends, closed_reservations, names, texts, forget_times)
      end
      local due = string.format("%d", now + prepare_limit_ms)
      redis.call("ZADD", slot_prepared, due, slot_member(stock) .. "\t" .. reservation)
      local text = string.format("prepared %d %d %d", units, lease_end, fence)
      redis.call("HSET", reservations, reservation, text)
      if state == "expired" then
        redis.call("ZREM", closed_reservations, reservation)
      elseif state == "held" and not names then
        redis.call("ZREM", reservation_ends, reservation)
      end
      if is_over then
        redis.call("HSET", stock, "held", new_held, "prepared", prepared + units)
      elseif state == "held" then
        redis.call("HSET", stock, "prepared", prepared + units)
      end
      if low then
        status_before, status = status_change(stock, low, total - held, total - new_held)
      end
      return "prepared", nil, status_before, status
    elseif state == "held" and (outcome == "expired" or outcome == "shortfall") then
      -- Closed for good, because after a failover the clock may be before the end of the lease.
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
        known_fence
      )
    end
  end

  local answer = string.format("%s %d %s", outcome, missing, arguments)
  redis.call("SET", prepare_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  if outcome == "shortfall" or outcome == "short" then
    return outcome, missing, status_before, status
  elseif status then
    return outcome, nil, status_before, status
  end
  return outcome
end

return prepare
