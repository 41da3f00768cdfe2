local close_reservations = require("lib.stock.close_reservations")
local corrupt = require("lib.corrupt")
local due_reservations = require("lib.stock.due_reservations")
local now_ms = require("lib.now_ms")
local stock_counts = require("lib.stock.stock_counts")
local stored_integer = require("lib.stored_integer")

--- Ends a product's reservations whose lease has ended, and removes closed ones that are no longer
--- remembered.
---
--- One call handles at most `limit` of them; while wait_ms is 0, there are more. A reserve does the
--- same, so sweeps are for products that nobody reserves any more.
---
---@version 1.0.1
---@param stock key.stock write
---@param reservations key.reservations write
---@param reservation_ends key.reservation_ends write
---@param limit limit how many reservations to handle
---@param remember_ms remember_ms how long the script remembers that a reservation expired; the same
---   as in reserve
---@return "swept"|"nothing_due" outcome swept: reservations were ended or removed; nothing_due:
---   there were none to end or remove
---@return processed expired how many reservations have expired
---@return processed forgotten how many closed reservations were removed
---@return wait_ms? wait_ms sometimes: until the next one is due; absent when the product has no
---   reservation left
---@cost O(limit * log R), R the product's reservations
---@oom runs it ends and removes reservations
---@resend safe a second run continues where the first one ended, and takes no units from `held`
---   twice
---@role worker
---
---@example The units of a reservation whose lease has ended are available again.
---  given  HSET {stock} total 12 held 5 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3" cart-2 "held 2"
---  given  ZADD {reservation_ends} {now-1} cart-1 {now+60000} cart-2
---  call   limit=10 remember_ms=60000
---  reply  outcome=swept expired=1 forgotten=0 wait_ms=~
---  again  outcome=nothing_due expired=0 forgotten=0 wait_ms=~
---  then   HGET {stock} held = 2
---  then   HGET {reservations} cart-1 = "expired 3"
---@example A closed reservation is removed.
---  given  HSET {stock} total 12 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "committed 3"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   limit=10 remember_ms=60000
---  reply  outcome=swept expired=0 forgotten=1
---  again  outcome=nothing_due expired=0 forgotten=0
---  then   EXISTS {reservations} {reservation_ends} = 0
---@example A corrupt reservation is an error, and nothing is written.
---  given  HSET {stock} total 12 held 5 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held many"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   limit=10 remember_ms=60000
---  error  CORRUPT reservation
local function sweep(stock, reservations, reservation_ends, limit, remember_ms)
  local now = now_ms()
  local _, held = stock_counts(stock)
  local due, freed = due_reservations(reservations, reservation_ends, now, limit)
  local following = redis.call("ZRANGE", reservation_ends, #due, #due, "WITHSCORES")
  local next_end = stored_integer(following[2] or false, "end of a reservation")
  if freed > held then
    corrupt("held")
  end

  local expired = 0
  -- at most 1000 reservations
  for _, reservation in ipairs(due) do
    if reservation.state == "held" then
      expired = expired + 1
    end
  end
  local forget_at = now + remember_ms
  local next_ms = next_end and math.max(next_end - now, 0)
  if expired > 0 and (not next_ms or next_ms > remember_ms) then
    next_ms = remember_ms
  end
  if #due == 0 then
    return "nothing_due", 0, 0, next_ms
  end
  close_reservations(reservations, reservation_ends, due, forget_at)
  -- If `held` does not change, the stock may not exist any more, and must not be created.
  if freed > 0 then
    redis.call("HSET", stock, "held", held - freed)
  end
  return "swept", expired, #due - expired, next_ms
end

return sweep
