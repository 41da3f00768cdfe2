local now_ms = require("lib.now_ms")
local stock_counts = require("lib.stock.stock_counts")
local stored_reservation = require("lib.stock.stored_reservation")

-- 10 minutes: the time within which a late copy of a call must change nothing.
local HORIZON_MS = 600000

--- Releases the units that a reservation holds, for an order that was cancelled.
---
--- If the lease has ended and no reserve or sweep has closed the reservation yet, the script closes
--- it and returns "expired". Its units are available again.
---
--- If the call changes nothing, the script remembers its answer under the operation, for
--- remember_ms but at most 10 minutes. The client generates an operation for each call.
---
---@version 2.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param release_operation key.release_operation write
---@param reservation id names the reservation, such as the cart or the order
---@param remember_ms remember_ms how long the script remembers that the reservation has ended
---@return "released"|"already_committed"|"mismatch"|"expired"|"unknown" outcome released: the units
---   are available again, now or by an earlier call; already_committed: the units are sold;
---   mismatch: the operation was a release of another reservation, and nothing is changed; expired:
---   its lease has ended; unknown: the reservation does not exist, or is no longer remembered
---@return available? available when released: the total minus held units, now
---@cost O(log R), R the product's reservations
---@oom runs it ends a reservation, and a sweep removes it later
---@resend safe within remember_ms, a closed reservation is known, and an answer that changed
---   nothing is remembered; a second run changes nothing
---
---@example Held units are available again.
---  given  HSET {stock} total 12 held 5 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=60000
---  reply  outcome=released available=10
---  then   HGET {stock} held = 2
---@example A committed reservation stays committed.
---  given  HSET {stock} total 12 level:berlin 12
---  given  HSET {reservations} cart-1 "committed 3 {now+60000}"
---  given  ZADD {closed_reservations} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=60000
---  reply  outcome=already_committed
---@example After the end of the lease, the units are available again too.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=60000
---  reply  outcome=expired
---  again  outcome=expired
---  then   HGET {stock} held = 0
---  then   ZCARD {closed_reservations} = 1
---@example A late copy of a call that found nothing releases no later reservation of the same name.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  given  SET {release_operation} "unknown cart-1" PX 60000
---  call   reservation=cart-1 operation=op-1 remember_ms=60000
---  reply  outcome=unknown
---@example The same operation with another reservation is a mismatch.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  given  SET {release_operation} "unknown cart-0" PX 60000
---  call   reservation=cart-1 operation=op-1 remember_ms=60000
---  reply  outcome=mismatch
---  then   HGET {stock} held = 3
---@example A corrupt count is an error, and nothing is written.
---  given  HSET {stock} total 12 held 2 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 operation=op-1 remember_ms=60000
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
  if remembered then
    local outcome, name = string.match(remembered, "^(%S+) (.+)$")
    if name and name ~= reservation then
      return "mismatch"
    elseif outcome == "already_committed" or outcome == "expired" or outcome == "unknown" then
      return outcome
    end
    error({ err = "CORRUPT release-operation" })
  end

  local outcome = "unknown"
  if known then
    local stored = redis.call("HMGET", stock, "total", "held")
    local total, held = stock_counts(stored[1], stored[2])
    local state, units, ends_at = stored_reservation(known)
    local now = now_ms()
    if state == "released" then
      return "released", (total or 0) - held
    elseif state == "expired" then
      outcome = "expired"
    elseif state == "committed" then
      outcome = "already_committed"
    else
      -- Without a total, the stock was forgotten or deleted, and fewer units may be held.
      if total and held < units then
        error({ err = "CORRUPT held" })
      end
      local closed = now < ends_at and "released" or "expired"
      local still_held = math.max(held - units, 0)
      -- ZCARD proves the type before the first write.
      redis.call("ZCARD", closed_reservations)
      redis.call("ZREM", reservation_ends, reservation)
      local forget_at = string.format("%d", now + remember_ms)
      redis.call("ZADD", closed_reservations, forget_at, reservation)
      local text = string.format("%s %d %s", closed, units, forget_at)
      redis.call("HSET", reservations, reservation, text)
      if total or still_held > 0 then
        redis.call("HSET", stock, "held", still_held)
      else
        redis.call("HDEL", stock, "held")
      end
      if closed == "expired" then
        return "expired"
      end
      return "released", (total or 0) - still_held
    end
  end
  local answer = string.format("%s %s", outcome, reservation)
  redis.call("SET", release_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  return outcome
end

return release
