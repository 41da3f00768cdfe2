--- Writes what `due_reservations` found: held ones have expired, closed ones are forgotten.
---
---@param reservations key.reservations
---@param ends key.reservation_ends
---@param due table[] at most 1000, as due_reservations gave them
---@param forget_at integer until when an expired one is known
local function close_reservations(reservations, ends, due, forget_at)
  -- at most 1000 reservations
  for _, one in ipairs(due) do
    if one.state == "held" then
      redis.call("HSET", reservations, one.name, string.format("expired %.0f", one.units))
      redis.call("ZADD", ends, forget_at, one.name)
    else
      redis.call("HDEL", reservations, one.name)
      redis.call("ZREM", ends, one.name)
    end
  end
end

return close_reservations
