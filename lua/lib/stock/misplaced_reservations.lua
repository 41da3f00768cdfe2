local stored_reservation = require("lib.stock.stored_reservation")

--- Finds reservations that are not in the queue that their text names, or not at its time.
---
---@param reservations key.reservations at least one and at most 500
---@param reservation_ends key.reservation_ends
---@param closed_reservations key.closed_reservations
---@param not_held string[] names to remove from reservation_ends; the function adds to them
---@param not_closed string[] names to remove from closed_reservations; the function adds to them
---@return string[] held_times for ZADD to reservation_ends: time, name, time, name …
---@return string[] closed_times for ZADD to closed_reservations
---@return integer held the units of all held and prepared ones
---@return integer prepared the units of the prepared ones
---@return string[] prepared_names
local function misplaced_reservations(
  reservations,
  reservation_ends,
  closed_reservations,
  not_held,
  not_closed
)
  local all = redis.call("HKEYS", reservations)
  local texts = redis.call("HVALS", reservations)
  -- at most 500 names
  local lease_ends = redis.call("ZMSCORE", reservation_ends, unpack(all))
  -- at most 500 names
  local forget_times = redis.call("ZMSCORE", closed_reservations, unpack(all))
  local held_times, closed_times = {}, {}
  local held, prepared, prepared_names = 0, 0, {}
  -- at most 500 reservations
  for position, name in ipairs(all) do
    local state, units, ends_at = stored_reservation(texts[position])
    local lease_end, forget_at = lease_ends[position], forget_times[position]
    local time = string.format("%d", ends_at)
    if state == "prepared" then
      held, prepared = held + units, prepared + units
      prepared_names[#prepared_names + 1] = name
      if lease_end then
        not_held[#not_held + 1] = name
      end
      if forget_at then
        not_closed[#not_closed + 1] = name
      end
    elseif state == "held" then
      held = held + units
      if tonumber(lease_end or "") ~= ends_at then
        held_times[#held_times + 1] = time
        held_times[#held_times + 1] = name
      end
      if forget_at then
        not_closed[#not_closed + 1] = name
      end
    else
      if tonumber(forget_at or "") ~= ends_at then
        closed_times[#closed_times + 1] = time
        closed_times[#closed_times + 1] = name
      end
      if lease_end then
        not_held[#not_held + 1] = name
      end
    end
  end
  return held_times, closed_times, held, prepared, prepared_names
end

return misplaced_reservations
