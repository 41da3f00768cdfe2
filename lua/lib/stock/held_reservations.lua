--- Reads held reservations, and prepares the commands that close them.
---
---@param reservations key.reservations
---@param names id[] of `reservation_ends`, at least one and at most 100
---@param state string expired or released: how they end
---@param forget_at_ms integer when the closed ones may be removed
---@return string[] texts for HSET: name, text, name, text …
---@return string[] forget_times for ZADD: time, name, time, name …
---@return integer units of all of them
local function held_reservations(reservations, names, state, forget_at_ms)
  -- The upper bound of the type quantity.
  local MAX_HELD_UNITS = 1000000000000
  local stored = redis.call("HMGET", reservations, unpack(names))
  local forget_at = string.format("%d", forget_at_ms)
  local closed = state .. " %s " .. forget_at .. "%s"
  local texts, forget_times = {}, {}
  local sum = 0
  -- at most 100 reservations
  for position = 1, #names do
    local name = names[position]
    local stored_units, fence = string.match(stored[position] or "", "^held (%d+) %d+( ?%d*)$")
    local units = tonumber(stored_units)
    if not units or units < 1 or units > MAX_HELD_UNITS then
      error({ err = "CORRUPT reservation" })
    end
    sum = sum + units
    texts[2 * position - 1] = name
    texts[2 * position] = string.format(closed, stored_units, fence)
    forget_times[2 * position - 1] = forget_at
    forget_times[2 * position] = name
  end
  return texts, forget_times, sum
end

return held_reservations
