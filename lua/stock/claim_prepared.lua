local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local stored_integer = require("lib.stored_integer")
local stored_reservation = require("lib.stock.stored_reservation")

--- Takes a prepared line from the index of its slot, for a worker that asks how its cart was decided.
---
--- The line stays in the index, and is due again after retry_ms, so a worker that stops loses nothing.
--- If the line is no longer prepared, the script removes it from the index.
---
---@version 1.0.0
---@param reservations key.reservations read
---@param slot_prepared key.slot_prepared write
---@param reservation id the cart; its line of this product has the same name
---@param due_ms epoch_ms the time in the index, as the worker read it
---@param retry_ms ms after which the line is due again
---@return "prepared"|"not_prepared"|"changed" outcome not_prepared: the line has left the index; changed:
---   the index has another time for it, because another worker has taken it, for example
---@return fence? fence when prepared: of the attempt that prepared it
---@cost O(log P), P the prepared lines of the slot
---@oom runs it only changes the time of an entry, or removes it
---@resend safe it names the time that it read, so a second run changes nothing
---@role worker
---
---@example A prepared line is due again later.
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000} 7"
---  given  ZADD {slot_prepared} {now-1} "example:product\tcart-1"
---  call   reservation=cart-1 due_ms={now-1} retry_ms=5000
---  reply  outcome=prepared fence=7
---  again  outcome=changed
---  then   ZCARD {slot_prepared} = 1
---@example A line that was sold leaves the index.
---  given  HSET {reservations} cart-1 "committed 3 {now+60000}"
---  given  ZADD {slot_prepared} {now-1} "example:product\tcart-1"
---  call   reservation=cart-1 due_ms={now-1} retry_ms=5000
---  reply  outcome=not_prepared
---  again  outcome=changed
---  then   EXISTS {slot_prepared} = 0
---@example A corrupt reservation is an error, and nothing is written.
---  given  HSET {reservations} cart-1 "prepared 3 {now+60000}"
---  given  ZADD {slot_prepared} {now-1} "example:product\tcart-1"
---  call   reservation=cart-1 due_ms={now-1} retry_ms=5000
---  error  CORRUPT reservation
local function claim_prepared(reservations, slot_prepared, reservation, due_ms, retry_ms)
  local member = string.format("%s\t%s", slot_member(reservations), reservation)
  local stored = stored_integer(redis.call("ZSCORE", slot_prepared, member), "time of a prepared line")
  if stored ~= due_ms then
    return "changed"
  end
  local known = redis.call("HGET", reservations, reservation)
  if known then
    local state, _, _, fence = stored_reservation(known)
    if state == "prepared" then
      redis.call("ZADD", slot_prepared, now_ms() + retry_ms, member)
      -- moonpath-allow reply/mismatch: stored_reservation refuses a prepared line without a fence
      return "prepared", fence
    end
  end
  redis.call("ZREM", slot_prepared, member)
  return "not_prepared"
end

return claim_prepared
