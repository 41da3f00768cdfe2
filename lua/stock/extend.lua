local now_ms = require("lib.now_ms")
local stored_reservation = require("lib.stock.stored_reservation")

--- Makes the lease of a held reservation longer, for example while a customer pays.
---
--- The script compares the end of the lease with `lease_ends_ms`, and changes it only if they are
--- equal. The new end is lease_ms from now, and always later than the old end. So a late copy of a
--- call changes nothing. If the lease has ended, the script sets its end to 0, so it stays ended even
--- if the clock goes back after a failover.
---
--- While a cart is being committed, its reservations stay, also after the end of the lease. The new
--- end then counts if the cart is not committed.
---
---@version 1.0.0
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param reservation id names the reservation, such as the cart or the order
---@param lease_ends_ms epoch_ms as reserve or extend last returned it
---@param lease_ms ms how long the units are held from now on; at least until 1 ms after the old end
---@return "extended"|"stale"|"already_committed"|"released"|"expired"|"unknown" outcome extended:
---   the lease has a new end; stale: the lease has another end than lease_ends_ms, and nothing
---   changed; already_committed: the units are sold; released: it was released before; expired: its
---   lease has ended; unknown: the reservation does not exist, or is no longer remembered
---@return epoch_ms? lease_ends_ms when extended|stale: when the lease ends now
---@cost O(log R), R the product's held reservations
---@resend safe a second run finds another end, is "stale" and changes nothing
---
---@example The lease gets a new end.
---  given  HSET {reservations} cart-1 "held 3 9999999990000"
---  given  ZADD {reservation_ends} 9999999990000 cart-1
---  call   reservation=cart-1 lease_ends_ms=9999999990000 lease_ms=60000
---  reply  outcome=extended lease_ends_ms=9999999990001
---  again  outcome=stale lease_ends_ms=9999999990001
---  then   HGET {reservations} cart-1 = "held 3 9999999990001"
---  then   ZSCORE {reservation_ends} cart-1 = 9999999990001
---@example Another end is stored, because another call has extended the lease.
---  given  HSET {reservations} cart-1 "held 3 9999999990000"
---  given  ZADD {reservation_ends} 9999999990000 cart-1
---  call   reservation=cart-1 lease_ends_ms=9999999980000 lease_ms=60000
---  reply  outcome=stale lease_ends_ms=9999999990000
---@example A lease that has ended stays ended.
---  given  HSET {reservations} cart-1 "held 3 1767225600000"
---  given  ZADD {reservation_ends} 1767225600000 cart-1
---  call   reservation=cart-1 lease_ends_ms=1767225600000 lease_ms=60000
---  reply  outcome=expired
---  then   HGET {reservations} cart-1 = "held 3 0"
---@example The lease of a cart that is being committed gets a new end too.
---  given  HSET {reservations} cart-1 "prepared 3 {now+5000} 7"
---  call   reservation=cart-1 lease_ends_ms={now+5000} lease_ms=60000
---  reply  outcome=extended lease_ends_ms=*
---  again  outcome=stale lease_ends_ms=*
---  then   EXISTS {reservation_ends} = 0
---@example A corrupt reservation is an error, and nothing is written.
---  given  HSET {reservations} cart-1 "held three 9999999990000"
---  call   reservation=cart-1 lease_ends_ms=9999999990000 lease_ms=60000
---  error  CORRUPT reservation
local function extend(reservations, reservation_ends, reservation, lease_ends_ms, lease_ms)
  local known = redis.call("HGET", reservations, reservation)
  if not known then
    return "unknown"
  end
  local state, units, ends_at, fence = stored_reservation(known)
  local now = now_ms()
  if state == "committed" then
    return "already_committed"
  elseif state == "released" then
    return "released"
  elseif state == "expired" then
    return "expired"
  end
  local words = fence > 0 and "%s %d %d %d" or "%s %d %d"
  if now >= ends_at then
    if ends_at > 0 and state == "held" then
      -- The end 0 is final. After a failover, the clock may be before the old end.
      redis.call("ZADD", reservation_ends, 0, reservation)
      redis.call("HSET", reservations, reservation, string.format(words, state, units, 0, fence))
    end
    return "expired"
  elseif ends_at ~= lease_ends_ms then
    return "stale", ends_at
  end

  local new_end = math.max(now + lease_ms, ends_at + 1)
  if state == "held" then
    redis.call("ZADD", reservation_ends, new_end, reservation)
  end
  redis.call("HSET", reservations, reservation, string.format(words, state, units, new_end, fence))
  return "extended", new_end
end

return extend
