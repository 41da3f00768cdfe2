local close_reservations = require("lib.close_reservations")
local corrupt = require("lib.corrupt")
local due_reservations = require("lib.due_reservations")
local now_ms = require("lib.now_ms")
local stock_held = require("lib.stock_held")
local stored_integer = require("lib.stored_integer")

--- Ends a product's reservations whose lease is over, and forgets closed ones whose time has come.
---
--- A part of them at a time: while wait_ms is 0, there is more to do. Reserving does the same on its way; a sweep is for products
--- that nobody asks for any more.
---
---@version 1.0.1
---@param stock key.stock write
---@param reservations key.reservations write
---@param ends key.reservation_ends write
---@param limit limit how many reservations to deal with
---@param remember_ms remember_ms how long it is known that a reservation expired; the same as in reserve
---@return "swept"|"nothing_due" outcome
---@return processed expired how many leases have ended
---@return processed forgotten how many closed reservations are known no more
---@return wait_ms? wait_ms sometimes: until the next one is due; absent when the product has no reservation left
---@cost O(limit * log R), R the product's reservations
---@oom runs it ends what is held, and forgets
---@resend safe a second run goes on where the first one ended, and frees nothing twice
---@role worker
---
---@example A lease that is over frees its units.
---  given  HSET {stock} total 12 held 5 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held 3" cart-2 "held 2"
---  given  ZADD {reservation_ends} {now-1} cart-1 {now+60000} cart-2
---  call   limit=10 remember_ms=60000
---  reply  outcome=swept expired=1 forgotten=0 wait_ms=~
---  again  outcome=nothing_due expired=0 forgotten=0 wait_ms=~
---  then   HGET {stock} held = 2
---  then   HGET {reservations} cart-1 = "expired 3"
---@example A closed reservation is forgotten.
---  given  HSET {stock} total 12 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "committed 3"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   limit=10 remember_ms=60000
---  reply  outcome=swept expired=0 forgotten=1
---  again  outcome=nothing_due expired=0 forgotten=0
---  then   EXISTS {reservations} {reservation_ends} = 0
---@example A corrupt reservation is named, and nothing is written.
---  given  HSET {stock} total 12 held 5 level:berlin 12 seq:berlin 9
---  given  HSET {reservations} cart-1 "held many"
---  given  ZADD {reservation_ends} {now-1} cart-1
---  call   limit=10 remember_ms=60000
---  error  CORRUPT reservation
local function sweep(stock, reservations, ends, limit, remember_ms)
  local now = now_ms()
  local _, held = stock_held(stock)
  local over, freed = due_reservations(reservations, ends, now, limit)
  local after = redis.call("ZRANGE", ends, #over, #over, "WITHSCORES")
  local next_end = stored_integer(after[2] or false, "end of a reservation")
  if freed > held then
    corrupt("held")
  end

  local expired = 0
  -- at most 1000 reservations
  for _, one in ipairs(over) do
    if one.state == "held" then
      expired = expired + 1
    end
  end
  local forget_at = now + remember_ms
  local next_ms = next_end and math.max(next_end - now, 0)
  if expired > 0 and (not next_ms or next_ms > remember_ms) then
    next_ms = remember_ms
  end
  if #over == 0 then
    return "nothing_due", 0, 0, next_ms
  end
  close_reservations(reservations, ends, over, forget_at)
  -- Without a reservation that was held, there may be no stock any more.
  if freed > 0 then
    redis.call("HSET", stock, "held", held - freed)
  end
  return "swept", expired, #over - expired, next_ms
end

return sweep
