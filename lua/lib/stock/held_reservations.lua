local stored_reservation = require("lib.stock.stored_reservation")

--- Reads held reservations, and prepares the commands that close them.
---
---@param reservations key.reservations
---@param names id[] of `reservation_ends`, at least one and at most 250
---@param state string expired or released: how they end
---@param forget_at_ms integer when the closed ones may be removed
---@return string[] texts for HSET: name, text, name, text …
---@return string[] forget_times for ZADD: time, name, time, name …
---@return integer units of all of them
local function held_reservations(reservations, names, state, forget_at_ms)
  local stored = redis.call("HMGET", reservations, unpack(names))
  local forget_at = string.format("%d", forget_at_ms)
  local texts, forget_times = {}, {}
  local sum = 0
  -- at most 250 reservations
  for position, name in ipairs(names) do
    local old_state, units = stored_reservation(stored[position] or "")
    if old_state ~= "held" then
      error({ err = "CORRUPT reservation" })
    end
    sum = sum + units
    texts[2 * position - 1] = name
    texts[2 * position] = string.format("%s %d %s", state, units, forget_at)
    forget_times[2 * position - 1] = forget_at
    forget_times[2 * position] = name
  end
  return texts, forget_times, sum
end

return held_reservations
