local held_reservations = require("lib.stock.held_reservations")
local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local status_change = require("lib.stock.status_change")
local stock_counts = require("lib.stock.stock_counts")
local stored_integer = require("lib.stored_integer")
local watched_low = require("lib.stock.watched_low")

--- Closes a product's reservations whose lease has ended, and removes closed ones that are no longer
--- remembered. It sets when the product is due again in the index of its slot.
---
--- One call handles at most `limit` of them, ended leases first; while wait_ms is 0, there are more.
--- If the product has no stock any more, the script closes its reservations all the same.
---
---@version 1.0.0
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param closed_reservations key.closed_reservations write
---@param slot_due key.slot_due write
---@param limit sweep_limit how many reservations to handle
---@param remember_ms remember_ms how long the script remembers that a reservation expired; the same
---   as in reserve
---@return "swept"|"nothing_due" outcome swept: reservations were closed or removed; nothing_due:
---   there were none to close or remove
---@return processed expired how many reservations have expired
---@return processed forgotten how many closed reservations were removed
---@return wait_ms? wait_ms sometimes: until the next one is due; absent when the product has no
---   reservation left
---@return stock_status? status_before sometimes: if the product is watched, and the call has changed
---   the available units; the status before the call
---@return stock_status? status sometimes: as status_before; the status after the call
---@cost O(limit * log R), R the product's reservations
---@oom runs it closes and removes reservations
---@resend safe a second run continues where the first one ended, and takes no units from `held`
---   twice
---@role worker
---
---@example The units of a reservation whose lease has ended are available again.
---  given  HSET {stock} total 12 held 5 level:berlin 12
---  given  HSET {reservations} cart-1 "held 3 {now-1}" cart-2 "held 2 {now+60000}"
---  given  ZADD {reservation_ends} {now-1} cart-1 {now+60000} cart-2
---  call   limit=10 remember_ms=60000
---  reply  outcome=swept expired=1 forgotten=0 wait_ms=~
---  again  outcome=nothing_due expired=0 forgotten=0 wait_ms=~
---  then   HGET {stock} held = 2
---  then   ZCARD {slot_due} = 1
---@example A closed reservation is removed.
---  given  HSET {stock} total 12 level:berlin 12
---  given  HSET {reservations} cart-1 "committed 3 {now-1}"
---  given  ZADD {closed_reservations} {now-1} cart-1
---  call   limit=10 remember_ms=60000
---  reply  outcome=swept expired=0 forgotten=1
---  again  outcome=nothing_due expired=0 forgotten=0
---  then   EXISTS {reservations} {closed_reservations} {slot_due} = 0
---@example A corrupt reservation is an error, and nothing is written.
---  given  HSET {stock} total 12 held 5 level:berlin 12
---  given  HSET {reservations} cart-1 "held many {now-1}"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   limit=10 remember_ms=60000
---  error  CORRUPT reservation
local function sweep(stock, reservations, reservation_ends, closed_reservations, slot_due, limit, remember_ms)
  local now = now_ms()
  local now_text = string.format("%d", now)
  local stored = redis.call("HMGET", stock, "total", "held", "watch")
  local total, held = stock_counts(stored[1], stored[2])
  local low = watched_low(stored[3])

  local names = redis.call("ZRANGE", reservation_ends, "-inf", now_text, "BYSCORE", "LIMIT", 0, limit)
  local texts, forget_times, freed = nil, nil, 0
  if #names > 0 then
    texts, forget_times, freed = held_reservations(reservations, names, "expired", now + remember_ms)
  end
  -- Without a total, the stock was forgotten or deleted, and fewer units may be held.
  if total and freed > held then
    error({ err = "CORRUPT held" })
  end
  local rest = limit - #names
  local forgotten = redis.call("ZRANGE", closed_reservations, "-inf", now_text, "BYSCORE", "LIMIT", 0, rest)

  local next_due = nil
  if #names > 0 then
    next_due = now + remember_ms
  end
  local next_held = redis.call("ZRANGE", reservation_ends, #names, #names, "WITHSCORES")
  local next_closed = redis.call("ZRANGE", closed_reservations, #forgotten, #forgotten, "WITHSCORES")
  local held_end = stored_integer(next_held[2] or false, "end of a reservation")
  local closed_end = stored_integer(next_closed[2] or false, "end of a closed reservation")
  if held_end then
    next_due = math.min(next_due or held_end, held_end)
  end
  if closed_end then
    next_due = math.min(next_due or closed_end, closed_end)
  end

  -- ZCARD proves the type before the first write.
  redis.call("ZCARD", slot_due)
  if texts then
    -- at most 200 values
    redis.call("ZADD", closed_reservations, unpack(forget_times))
    -- at most 200 values
    redis.call("HSET", reservations, unpack(texts))
    redis.call("ZREM", reservation_ends, unpack(names))
    if total or held > freed then
      redis.call("HSET", stock, "held", math.max(held - freed, 0))
    elseif stored[2] then
      redis.call("HDEL", stock, "held")
    end
  end
  if #forgotten > 0 then
    redis.call("HDEL", reservations, unpack(forgotten))
    redis.call("ZREM", closed_reservations, unpack(forgotten))
  end
  local member = slot_member(stock)
  if next_due then
    redis.call("ZADD", slot_due, next_due, member)
  else
    redis.call("ZREM", slot_due, member)
  end
  local wait_ms = next_due and math.max(next_due - now, 0) or nil
  if #names == 0 and #forgotten == 0 then
    return "nothing_due", 0, 0, wait_ms
  end
  local status_before, status = nil, nil
  if low and #names > 0 then
    local before = (total or 0) - held
    status_before, status = status_change(stock, low, before, (total or 0) - math.max(held - freed, 0))
  end
  return "swept", #names, #forgotten, wait_ms, status_before, status
end

return sweep
