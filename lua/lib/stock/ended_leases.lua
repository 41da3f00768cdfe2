local held_reservations = require("lib.stock.held_reservations")

--- Finds the first reservations of a product whose lease is over, at most 100, and prepares the
--- commands that close them.
---
---@param reservations key.reservations
---@param reservation_ends key.reservation_ends
---@param now integer
---@param forget_at_ms integer when the closed ones may be removed
---@param except? string a reservation that is left out
---@return string[]|nil names nil: no lease is over
---@return string[]|nil texts as held_reservations returns them
---@return string[]|nil forget_times as held_reservations returns them
---@return integer units of all of them
---@return boolean has_more whether more leases are over
local function ended_leases(reservations, reservation_ends, now, forget_at_ms, except)
  local MAX_ENDED = 100
  local now_text = string.format("%d", now)
  local due = redis.call("ZCOUNT", reservation_ends, "-inf", now_text)
  if due == 0 then
    return nil, nil, nil, 0, false
  end
  local names = redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", 0, MAX_ENDED)
  -- at most 100 names
  for position = #names, except and 1 or 101, -1 do
    if names[position] == except then
      table.remove(names, position)
    end
  end
  if #names == 0 then
    return nil, nil, nil, 0, false
  end
  local texts, forget_times, units = held_reservations(reservations, names, "expired", forget_at_ms)
  return names, texts, forget_times, units, due > MAX_ENDED
end

return ended_leases
