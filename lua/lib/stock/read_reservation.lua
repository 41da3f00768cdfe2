local stored_integer = require("lib.stored_integer")
local stored_reservation = require("lib.stock.stored_reservation")

--- Reads one reservation and when it ends.
---
---@param reservations key.reservations
---@param reservation_ends key.reservation_ends
---@param reservation id
---@return string|nil state held, committed, released or expired; nil when nothing is stored
---@return integer|nil units
---@return integer|nil ends_at_ms when the lease of a held one ends, or when a closed one may be
---   removed
local function read_reservation(reservations, reservation_ends, reservation)
  local state, units = stored_reservation(redis.call("HGET", reservations, reservation))
  local score = redis.call("ZSCORE", reservation_ends, reservation)
  return state, units, stored_integer(score, "end of a reservation")
end

return read_reservation
