--- Removes closed reservations that are no longer remembered, at most 10.
---
---@param reservations key.reservations
---@param closed_reservations key.closed_reservations
---@param now_text string
local function forget_closed(reservations, closed_reservations, now_text)
  local MAX_FORGOTTEN = 10
  local names =
    redis.call("ZRANGE", closed_reservations, "-inf", now_text, "BYSCORE", "LIMIT", 0, MAX_FORGOTTEN)
  if #names > 0 then
    redis.call("HDEL", reservations, unpack(names))
    redis.call("ZREM", closed_reservations, unpack(names))
  end
end

return forget_closed
