--- Closes held reservations, as held_reservations has prepared it.
---
---@param reservations key.reservations
---@param reservation_ends key.reservation_ends
---@param closed_reservations key.closed_reservations
---@param names string[] to remove from reservation_ends, at most 101
---@param texts string[] for HSET: name, text, name, text …
---@param forget_times string[] for ZADD: time, name, time, name …
local function close_reservations(
  reservations,
  reservation_ends,
  closed_reservations,
  names,
  texts,
  forget_times
)
  -- at most 202 values
  redis.call("ZADD", closed_reservations, unpack(forget_times))
  -- at most 202 values
  redis.call("HSET", reservations, unpack(texts))
  -- at most 101 names
  redis.call("ZREM", reservation_ends, unpack(names))
end

return close_reservations
