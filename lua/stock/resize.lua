local close_reservation = require("lib.stock.close_reservation")
local now_ms = require("lib.now_ms")
local status_change = require("lib.stock.status_change")
local stock_counts = require("lib.stock.stock_counts")
local stored_integer = require("lib.stored_integer")
local stored_reservation = require("lib.stock.stored_reservation")
local watched_low = require("lib.stock.watched_low")

-- The bounds of the type available.
local AVAILABLE_LIMIT = 200000000000000
-- The upper bound of the field held.
local MAX_HELD_UNITS = 100000000000000
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Changes how many units a reservation holds, in one step, or leaves it as it is.
---
--- More units are refused if too few are available. Fewer units are always possible. The lease stays
--- the same. `backorder` holds more units although too few are available.
---
--- The script does not close the ended leases of other reservations, so their units are not available
--- yet. A refusal takes nothing away, and the sweeper closes them soon. So a call reads only its own
--- reservation, and the caller may call again with a new operation.
---
--- The script remembers its answer and its arguments for remember_ms; without a live hold, for at most
--- 11 minutes. A late copy of a call changes nothing and returns that answer, also after a newer call.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param resize_operation key.resize_operation write
---@param reservation id names the reservation, such as the cart or the order
---@param units quantity how many units to hold from now on
---@param from_units quantity? changes the hold only if it has this number of units now
---@param backorder flag? holds the units although too few are available
---@param remember_ms remember_ms how long the answer of this operation is remembered, and how the
---   reservation has ended if the call closes it
---@return "resized"|"refused"|"mismatch"|"prepared"|"already_committed"|"released"|"expired"|"unknown"
---   outcome resized: it holds this number of units; refused: too few units are available, and it holds
---   as many as before; mismatch: it holds another number than from_units, or the operation was sent
---   before with other arguments; prepared: a cart that has it is being committed; already_committed: it was
---   committed before; released: it was released before; expired: its lease has ended; unknown: the
---   reservation does not exist, is no longer remembered, or its product has no stock
---@return available? available when resized|refused: the total minus held units, after this operation
---@return stock_status? status_before sometimes: if the product is watched, and the call has changed
---   the available units; the status before the call
---@return stock_status? status sometimes: as status_before; the status after the call
---@cost O(1); O(log R) if the lease has ended, R the product's reservations
---@resend safe within remember_ms, the remembered answer makes a second run change nothing
---
---@example A reservation holds more units.
---  given  HSET {stock} total 12 held 5 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 units=7 remember_ms=3600000
---  reply  outcome=resized available=3
---  then   HGET {stock} held = 9
---  then   GET {resize_operation} = "resized 3 7 0 no cart-1"
---@example Fewer units are possible, although more are held than are in stock.
---  given  HSET {stock} total 2 held 5 level:berlin 2
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 units=1 remember_ms=3600000
---  reply  outcome=resized available=-1
---  then   HGET {stock} held = 3
---@example If too few units are available, the reservation stays as it is.
---  given  HSET {stock} total 12 held 10 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 9999999990000"
---  given  ZADD {reservation_ends} 9999999990000 cart-1
---  call   reservation=cart-1 operation=op-1 units=6 remember_ms=3600000
---  reply  outcome=refused available=2
---  then   HGET {reservations} cart-1 = "held 3 9999999990000"
---@example A late copy of an older call changes nothing after a newer one.
---  given  HSET {stock} total 12 held 2 level:berlin 12
---  given  HSET {reservations} cart-1 "held 2 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  given  SET {resize_operation} "resized 3 7 0 no cart-1" PX 60000
---  call   reservation=cart-1 operation=op-1 units=7 remember_ms=3600000
---  reply  outcome=resized available=3
---  then   HGET {stock} held = 2
---@example The same operation with another number of units is a mismatch.
---  given  HSET {stock} total 12 held 7 level:berlin 12
---  given  HSET {reservations} cart-1 "held 7 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  given  SET {resize_operation} "resized 3 7 0 no cart-1" PX 60000
---  call   reservation=cart-1 operation=op-1 units=8 remember_ms=3600000
---  reply  outcome=mismatch
---  then   HGET {stock} held = 7
---@example A reservation with another number of units than expected stays as it is.
---  given  HSET {stock} total 12 held 5 level:berlin 12
---  given  HSET {reservations} cart-1 "held 5 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 units=4 from_units=3 remember_ms=3600000
---  reply  outcome=mismatch
---  again  outcome=mismatch
---  then   HGET {stock} held = 5
---@example A reservation whose lease has ended is closed, and its units are available again.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 operation=op-1 units=1 remember_ms=3600000
---  reply  outcome=expired
---  then   HGET {stock} held = 0
---@example A count below the units of the reservation is an error, and nothing is written.
---  given  HSET {stock} total 12 held 2 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 units=1 remember_ms=3600000
---  error  CORRUPT held
local function resize(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  resize_operation,
  reservation,
  units,
  from_units,
  backorder,
  remember_ms
)
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", resize_operation)
  local arguments =
    string.format("%d %d %s %s", units, from_units or 0, backorder and "yes" or "no", reservation)
  if remembered then
    local outcome, stored_available, stored_arguments = string.match(remembered, "^([%l_]+) (%S+) (.*)$")
    local available =
      stored_integer(stored_available or "", "resize-operation", -AVAILABLE_LIMIT, AVAILABLE_LIMIT)
    if stored_arguments ~= arguments then
      return "mismatch"
    elseif outcome == "resized" or outcome == "refused" then
      return outcome, available
    elseif outcome == "already_committed" or outcome == "released" or outcome == "prepared" then
      return outcome
    elseif outcome == "expired" or outcome == "unknown" or outcome == "mismatch" then
      return outcome
    end
    error({ err = "CORRUPT resize-operation" })
  end

  local outcome, available = "unknown", 0
  local status_before, status = nil, nil
  if known then
    local state, known_units, ends_at, fence = stored_reservation(known)
    local now = now_ms()
    if state ~= "held" then
      outcome = state == "committed" and "already_committed" or state
      if state ~= "prepared" and ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return outcome
      end
    elseif now >= ends_at then
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
      return "expired", nil, status_before, status
    elseif from_units and from_units ~= known_units then
      outcome = "mismatch"
    else
      local stored = redis.call("HMGET", stock, "total", "held", "watch")
      local total, held = stock_counts(stored[1], stored[2])
      local low = watched_low(stored[3])
      if total and held < known_units then
        error({ err = "CORRUPT held" })
      end
      local more = units - known_units
      available = (total or 0) - held
      if total and more > 0 and available < more and not backorder then
        outcome = "refused"
      elseif held + more > MAX_HELD_UNITS then
        error({ err = "ARGUMENT stock.resize units: a product has at most 10^14 held units" })
      elseif total then
        outcome, available = "resized", available - more
        -- The text keeps the end of the lease, and what else it has.
        local rest = string.match(known, "^held %d+(.*)$")
        redis.call("HSET", reservations, reservation, string.format("held %d%s", units, rest or ""))
        redis.call("HSET", stock, "held", held + more)
        if low then
          status_before, status = status_change(stock, low, total - held, available)
        end
      end
    end
  end

  if outcome ~= "resized" and outcome ~= "refused" then
    remember_ms = math.min(remember_ms, HORIZON_MS)
  end
  local answer = string.format("%s %d %s", outcome, available, arguments)
  redis.call("SET", resize_operation, answer, "PX", remember_ms)
  if outcome == "resized" or outcome == "refused" then
    return outcome, available, status_before, status
  end
  return outcome
end

return resize
