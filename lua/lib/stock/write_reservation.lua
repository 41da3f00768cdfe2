--- Writes the state of one reservation, and when that state ends.
---
---@param reservations key.reservations
---@param reservation_ends key.reservation_ends
---@param reservation id
---@param state string held, committed, released or expired
---@param units integer
---@param ends_at_ms integer when the lease of a held one ends, or when a closed one may be removed
local function write_reservation(reservations, reservation_ends, reservation, state, units, ends_at_ms)
  redis.call("HSET", reservations, reservation, string.format("%s %.0f", state, units))
  redis.call("ZADD", reservation_ends, ends_at_ms, reservation)
end

return write_reservation
