local corrupt = require("lib.corrupt")
local stored_reservation = require("lib.stock.stored_reservation")

--- Reads the reservations of a product whose time is over. The earliest comes first.
---
--- These are held reservations whose lease has ended, and closed ones that may be removed.
---
---@param reservations key.reservations
---@param reservation_ends key.reservation_ends
---@param now integer Redis's clock, in milliseconds
---@param limit integer at most 1000
---@return table[] due the name, state and units of each
---@return integer freed the units of the held ones
local function due_reservations(reservations, reservation_ends, now, limit)
  local due = {}
  local freed = 0
  local names = redis.call("ZRANGE", reservation_ends, "-inf", now, "BYSCORE", "LIMIT", 0, limit)
  if #names == 0 then
    return due, freed
  end
  local stored = redis.call("HMGET", reservations, unpack(names))
  -- at most 1000 reservations
  for position, name in ipairs(names) do
    local state, units = stored_reservation(stored[position])
    if not state then
      corrupt("reservation", 2)
    end
    due[position] = { name = name, state = state, units = units }
    if state == "held" then
      freed = freed + units
    end
  end
  return due, freed
end

return due_reservations
