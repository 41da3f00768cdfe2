local status_change = require("lib.stock.status_change")
local stock_counts = require("lib.stock.stock_counts")
local watched_low = require("lib.stock.watched_low")

--- Closes a held reservation, so that its units are available again.
---
---@param stock key.stock
---@param reservations key.reservations
---@param reservation_ends key.reservation_ends
---@param closed_reservations key.closed_reservations
---@param reservation id
---@param units integer of the reservation
---@param state string released or expired: how it ends
---@param forget_at_ms integer when it may be removed
---@param fence integer the highest fence of a cart whose attempt is over; 0 if there is none
---@return integer available the total minus held units, then
---@return stock_status|nil status_before nil: the product is not watched
---@return stock_status|nil status
local function close_reservation(
  stock,
  reservations,
  reservation_ends,
  closed_reservations,
  reservation,
  units,
  state,
  forget_at_ms,
  fence
)
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = watched_low(stored[3])
  -- Without a total, the stock was forgotten or deleted, and fewer units may be held.
  if total and held < units then
    error({ err = "CORRUPT held" })
  end
  local still_held = math.max(held - units, 0)
  local forget_at = string.format("%d", forget_at_ms)
  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", closed_reservations)
  redis.call("ZREM", reservation_ends, reservation)
  redis.call("ZADD", closed_reservations, forget_at, reservation)
  local text = string.format("%s %d %s", state, units, forget_at)
  if fence > 0 then
    text = string.format("%s %d", text, fence)
  end
  redis.call("HSET", reservations, reservation, text)
  if total or still_held > 0 then
    redis.call("HSET", stock, "held", still_held)
  else
    redis.call("HDEL", stock, "held")
  end
  local available = (total or 0) - still_held
  if low then
    return available, status_change(stock, low, (total or 0) - held, available)
  end
  return available, nil, nil
end

return close_reservation
