local close_reservation = require("lib.stock.close_reservation")
local now_ms = require("lib.now_ms")
local stock_counts = require("lib.stock.stock_counts")
local stock_levels = require("lib.stock.stock_levels")
local stored_level = require("lib.stock.stored_level")
local stored_reservation = require("lib.stock.stored_reservation")
local take_units = require("lib.stock.take_units")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

--- Sells the units that a reservation holds: they leave the stock.
---
--- Without a warehouse, the units come from the fullest warehouse first. When a lease has ended by
--- Redis's clock, the reservation is expired, even before a sweep. The script closes it for good, and
--- its units are available again.
---
--- If the call sells nothing, the script remembers its answer and its arguments under the operation,
--- for remember_ms but at most 10 minutes, unless the closed reservation is known for longer. A new
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
---@param remember_ms remember_ms how long the script remembers how the reservation has ended
---@return "committed"|"already_committed"|"short"|"mismatch"|"released"|"expired"|"unknown" outcome
---   committed: the units are sold; already_committed: an earlier call committed it; short: the
---   warehouses have too few units now, and the reservation stays held; mismatch: a remembered answer
---   of this operation was for another reservation or warehouse, and nothing is changed; released: it
---   was released before;
---   expired: its lease has ended; unknown: the reservation does not exist, is no longer
---   remembered, or its product has no stock
---@return total? total when committed: over all warehouses, after this operation
---@return available? available when committed: the total minus held units, after this operation
---@cost O(W + log R), W the product's warehouses, at most 100, R its reservations; O(1 + log R)
---   with a warehouse
---@oom runs it ends a reservation, and a sweep removes it later
---@resend safe within remember_ms, a closed reservation is known; another answer is remembered for
---   remember_ms but at most 10 minutes; a second run changes nothing
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
  remember_ms
)
  local known = redis.call("HGET", reservations, reservation)
  local remembered = redis.call("GET", commit_operation)
  if remembered then
    local outcome, arguments = string.match(remembered, "^(%S+) (.+)$")
    if arguments and arguments ~= reservation .. "\t" .. (warehouse or "") then
      return "mismatch"
    elseif outcome == "short" or outcome == "released" or outcome == "expired" then
      return outcome
    elseif outcome == "already_committed" or outcome == "unknown" then
      return outcome
    end
    error({ err = "CORRUPT commit-operation" })
  end

  local outcome = "unknown"
  if known then
    local state, units, ends_at = stored_reservation(known)
    local now = now_ms()
    if state ~= "held" then
      outcome = state == "committed" and "already_committed" or state
      if ends_at - now >= HORIZON_MS then
        -- The reservation is known as long as a late copy of this call may come.
        return outcome
      end
    elseif now >= ends_at then
      -- Closed for good, because after a failover the clock may be before the end of the lease.
      local forget_at_ms = now + remember_ms
      close_reservation(
        stock,
        reservations,
        reservation_ends,
        closed_reservations,
        reservation,
        units,
        "expired",
        forget_at_ms
      )
      return "expired"
    else
      local total, held, field, level, fields
      if warehouse then
        field = "level:" .. warehouse
        local stored = redis.call("HMGET", stock, "total", "held", field)
        total, held = stock_counts(stored[1], stored[2])
        level = stored_level(stored[3])
      else
        fields, total, held, field, level = stock_levels(stock, 1)
      end
      local changed, missing = nil, level and math.max(units - level, 0) or units
      if missing > 0 and fields then
        changed, missing = take_units(fields, units)
      end
      if total and held < units then
        error({ err = "CORRUPT held" })
      elseif level and not total then
        error({ err = "CORRUPT total" })
      elseif total and missing > 0 then
        outcome = "short"
      elseif level and field then
        -- ZCARD proves the type before the first write.
        redis.call("ZCARD", closed_reservations)
        local forget_at = string.format("%d", now + remember_ms)
        redis.call("ZREM", reservation_ends, reservation)
        redis.call("ZADD", closed_reservations, forget_at, reservation)
        redis.call("HSET", reservations, reservation, string.format("committed %d %s", units, forget_at))
        if changed then
          -- at most 204 values
          redis.call("HSET", stock, "total", total - units, "held", held - units, unpack(changed))
        else
          redis.call("HSET", stock, "total", total - units, "held", held - units, field, level - units)
        end
        return "committed", total - units, total - held
      end
    end
  end
  -- No name has a tab.
  local answer = outcome .. " " .. reservation .. "\t" .. (warehouse or "")
  redis.call("SET", commit_operation, answer, "PX", math.min(remember_ms, HORIZON_MS))
  return outcome
end

return commit
