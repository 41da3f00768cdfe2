local close_reservation = require("lib.stock.close_reservation")
local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local status_change = require("lib.stock.status_change")
local stored_integer = require("lib.stored_integer")
local stored_reservation = require("lib.stock.stored_reservation")
local stock_counts = require("lib.stock.stock_counts")
local watched_low = require("lib.stock.watched_low")

--- Gives a cart's line back, after the attempt that prepared it was aborted.
---
--- The line is held again until its lease ends. If the lease has ended, the line is expired, and its
--- units are available. The line remembers the fence, so a late prepare of the attempt changes nothing,
--- also if the attempt had not prepared it before. A line of a later attempt stays as it is.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param slot_due key.slot_due write
---@param slot_prepared key.slot_prepared write
---@param reservation id the cart; its line of this product has the same name
---@param fence fence of the attempt that was aborted
---@param remember_ms remember_ms how long the script remembers that the line has expired
---@return "held"|"expired"|"sold"|"already_committed"|"superseded"|"released"|"unknown" outcome held:
---   its lease goes on; expired: its lease has ended, and its units are available; sold: this attempt
---   has sold the line already, so the decision about its cart was lost in a failover;
---   already_committed: another call has sold it; superseded: a later attempt has prepared it;
---   released: it was released before; unknown: the reservation does not exist, or is no longer
---   remembered
---@return epoch_ms? lease_ends_ms when held: when the lease ends
---@return stock_status? status_before sometimes: if the product is watched, and the call has changed
---   the available units; the status before the call
---@return stock_status? status sometimes: as status_before; the status after the call
---@cost O(log R), R the product's reservations
---@oom runs it ends a reservation, and a sweep removes it later
---@resend safe the fence makes a second run change nothing
---
---@example A prepared line is held again.
---  given  HSET {stock} total 12 held 3 prepared 3 level:berlin 12
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  given  ZADD {slot_prepared} {now+10000} "example:product\tcart-1"
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  reply  outcome=held lease_ends_ms={now+60000}
---  then   HMGET {stock} held prepared = 3 0
---  then   HGET {reservations} cart-1 = "held 3 {now+60000} 7"
---  then   ZSCORE {reservation_ends} cart-1 = {now+60000}
---  then   EXISTS {slot_prepared} = 0
---  then   ZCARD {slot_due} = 1
---@example After the end of the lease, its units are available.
---  given  HSET {stock} total 12 held 3 prepared 3 level:berlin 12
---  given  HSET {reservations} cart-1 "prepared 3 {now-1} 7"
---  given  ZADD {slot_prepared} {now+10000} "example:product\tcart-1"
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  reply  outcome=expired
---  then   HMGET {stock} held prepared = 0 0
---  then   ZCARD {closed_reservations} = 1
---@example A line that was not prepared refuses a late prepare of the attempt.
---  given  HSET {stock} total 12 held 3 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now+60000}"
---  given  ZADD {reservation_ends} {now+60000} cart-1
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  reply  outcome=held lease_ends_ms={now+60000}
---  then   HGET {reservations} cart-1 = "held 3 {now+60000} 7"
---@example A line that this attempt has sold stays sold.
---  given  HSET {stock} total 9 held 0 prepared 0 level:berlin 9
---  given  HSET {reservations} cart-1 "committed 3 {now+60000} 7"
---  given  ZADD {closed_reservations} {now+60000} cart-1
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  reply  outcome=sold
---@example A line of a later attempt stays prepared.
---  given  HSET {stock} total 12 held 3 prepared 3 level:berlin 12
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 8"
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  reply  outcome=superseded
---@example A corrupt count is an error, and nothing is written.
---  given  HSET {stock} total 12 held 3 prepared many level:berlin 12
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  call   reservation=cart-1 fence=7 remember_ms=3600000
---  error  CORRUPT prepared
local function release_prepared(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  slot_due,
  slot_prepared,
  reservation,
  fence,
  remember_ms
)
  local known = redis.call("HGET", reservations, reservation)
  if not known then
    return "unknown"
  end
  local state, units, ends_at, known_fence = stored_reservation(known)
  if state == "committed" then
    return known_fence == fence and "sold" or "already_committed"
  elseif state == "released" then
    return "released"
  elseif state == "prepared" and known_fence > fence then
    return "superseded"
  elseif state ~= "prepared" then
    local now = now_ms()
    if state == "held" and now >= ends_at then
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
        math.max(fence, known_fence)
      )
      return "expired", nil, status_before, status
    elseif known_fence < fence then
      redis.call(
        "HSET",
        reservations,
        reservation,
        string.format("%s %d %d %d", state, units, ends_at, fence)
      )
    end
    if state == "held" then
      return "held", ends_at
    end
    return "expired"
  end

  local stored = redis.call("HMGET", stock, "total", "held", "prepared", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = watched_low(stored[4])
  local prepared = stored_integer(stored[3], "prepared") or 0
  if prepared < units then
    error({ err = "CORRUPT prepared" })
  elseif held < units then
    error({ err = "CORRUPT held" })
  end
  local now, member = now_ms(), slot_member(stock)
  local is_over = now >= ends_at
  local line_end = is_over and now + remember_ms or ends_at
  -- ZCARD proves the types before the first write.
  redis.call("ZCARD", is_over and reservation_ends or closed_reservations)
  redis.call("ZCARD", slot_prepared)
  redis.call("ZCARD", slot_due)
  local end_text = string.format("%d", line_end)
  redis.call("ZADD", is_over and closed_reservations or reservation_ends, end_text, reservation)
  local text = string.format("%s %d %s %d", is_over and "expired" or "held", units, end_text, fence)
  redis.call("HSET", reservations, reservation, text)
  redis.call("HSET", stock, "held", is_over and held - units or held, "prepared", prepared - units)
  if redis.call("ZADD", slot_due, "LT", "CH", end_text, member) == 1 then
    redis.call("PUBLISH", slot_due, end_text)
  end
  redis.call("ZREM", slot_prepared, string.format("%s\t%s", member, reservation))
  if is_over then
    local status_before, status = nil, nil
    if low then
      local available = (total or 0) - held
      status_before, status = status_change(stock, low, available, available + units)
    end
    return "expired", nil, status_before, status
  end
  return "held", line_end
end

return release_prepared
