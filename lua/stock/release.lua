local close_reservation = require("lib.stock.close_reservation")
local now_ms = require("lib.now_ms")
local stock_counts = require("lib.stock.stock_counts")
local stored_reservation = require("lib.stock.stored_reservation")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Releases the units that a reservation holds, for an order that was cancelled.
---
--- If the lease has ended, the script returns "expired", and the units are available again. From then
--- on the reservation is released, so that no commit with `retake` sells its units.
---
--- If the call changes nothing, the script remembers its answer under the operation, for
--- remember_ms but at most 11 minutes, unless the closed reservation is known for longer. The client
--- generates an operation for each call. If the call closed the reservation, the operation is not
--- remembered, so the script cannot compare it.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param release_operation key.release_operation write
---@param reservation id names the reservation, such as the cart or the order
---@param remember_ms remember_ms how long the script remembers that the reservation has ended
---@return "released"|"prepared"|"already_committed"|"mismatch"|"expired"|"unknown" outcome released:
---   the units are available again, now or by an earlier call; prepared: a cart that has it is being
---   committed, and nothing is changed; already_committed: the units are sold;
---   mismatch: a remembered answer of this operation was for another reservation, and nothing is
---   changed; expired: its lease has ended; unknown: the reservation does not exist, or is no longer
---   remembered
---@return available? available when released: the total minus held units, now
---@return stock_status? status_before sometimes: if the product is watched, and the call has changed
---   the available units; the status before the call
---@return stock_status? status sometimes: as status_before; the status after the call
---@cost O(log R), R the product's reservations
---@oom runs it ends a reservation, and a sweep removes it later
---@resend safe within remember_ms, a closed reservation is known; another answer is remembered for
---   remember_ms but at most 11 minutes; a second run changes nothing
---@many 100
---
---@example Held units are available again.
---  given  HSET {stock} total 12 held 5 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=released available=10
---  then   HGET {stock} held = 2
---@example A committed reservation stays committed.
---  given  HSET {stock} total 12 level:berlin 12
---  given  HSET {reservations} cart-1 "committed 3 {now+60000}"
---  given  ZADD {closed_reservations} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=already_committed
---@example A reservation of a cart that is being committed is not released.
---  given  HSET {stock} total 12 held 3 prepared 3 level:berlin 12
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=prepared
---  then   GET {release_operation} = "prepared cart-1"
---@example After the end of the lease, the units are available again too.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=expired
---  again  outcome=released available=12
---  then   HGET {stock} held = 0
---  then   ZCARD {closed_reservations} = 1
---@example A reservation that a sweep has closed is released for good.
---  given  HSET {stock} total 12 level:berlin 12
---  given  HSET {reservations} cart-1 "expired 3 9999999990000"
---  given  ZADD {closed_reservations} 9999999990000 cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=expired
---  again  outcome=released available=12
---  then   HGET {reservations} cart-1 = "released 3 9999999990000"
---@example A late copy of a call that found nothing releases no later reservation of the same name.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  given  SET {release_operation} "unknown cart-1" PX 60000
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=unknown
---@example A late copy of a repeated release releases no later reservation of the same name.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  given  SET {release_operation} "released cart-1" PX 60000
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=released available=9
---  then   HGET {stock} held = 3
---@example The same operation with another reservation is a mismatch.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  given  SET {release_operation} "unknown cart-0" PX 60000
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  reply  outcome=mismatch
---  then   HGET {stock} held = 3
---@example A corrupt count is an error, and nothing is written.
---  given  HSET {stock} total 12 held 2 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=3600000
---  error  CORRUPT held
local function release(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  release_operation,
  reservation,
  remember_ms
)
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", release_operation)
  local outcome, known_for_long = "unknown", false
  if remembered then
    local stored_outcome, name = string.match(remembered, "^(%S+) (.+)$")
    if name and name ~= reservation then
      return "mismatch"
    elseif stored_outcome == "already_committed" or stored_outcome == "unknown" then
      return stored_outcome
    elseif stored_outcome == "expired" or stored_outcome == "prepared" then
      return stored_outcome
    elseif stored_outcome ~= "released" then
      error({ err = "CORRUPT release-operation" })
    end
    outcome = "released"
  elseif known then
    local state, units, ends_at, fence = stored_reservation(known)
    local now = now_ms()
    if state == "held" then
      local available, status_before, status = close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        units,
        "released",
        now + remember_ms,
        0
      )
      if now >= ends_at then
        return "expired", nil, status_before, status
      end
      return "released", available, status_before, status
    end
    if state == "expired" then
      redis.call("HSET", reservations, reservation, string.format("released %d %d", units, ends_at))
    end
    outcome = state == "committed" and "already_committed" or state
    -- The reservation itself is known as long as a late copy of this call may come.
    known_for_long = state ~= "prepared" and ends_at - now >= HORIZON_MS
  end

  local total, held = nil, 0
  if outcome == "released" then
    local stored = redis.call("HMGET", stock, "total", "held")
    total, held = stock_counts(stored[1], stored[2])
  end
  if not remembered and not known_for_long then
    local answer = string.format("%s %s", outcome, reservation)
    redis.call("SET", release_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  end
  if outcome == "released" then
    return "released", (total or 0) - held
  end
  return outcome
end

return release
