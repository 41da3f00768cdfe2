local write_reservation = require("lib.stock.write_reservation")

--- Writes what `due_reservations` found: a held reservation becomes expired, a closed one is
--- removed.
---
---@param reservations key.reservations
---@param reservation_ends key.reservation_ends
---@param due table[] at most 1000, as due_reservations returned them
---@param forget_at_ms integer when an expired one may be removed
local function close_reservations(reservations, reservation_ends, due, forget_at_ms)
  -- at most 1000 reservations
  for _, reservation in ipairs(due) do
    if reservation.state == "held" then
      local name, units = reservation.name, reservation.units
      write_reservation(reservations, reservation_ends, name, "expired", units, forget_at_ms)
    else
      redis.call("HDEL", reservations, reservation.name)
      redis.call("ZREM", reservation_ends, reservation.name)
    end
  end
end

return close_reservations
