local now_ms = require("lib.now_ms")
local slot_member = require("lib.slot_member")
local stored_integer = require("lib.stored_integer")

--- Takes a cart from the index of its slot, for a worker that finishes what a caller has left.
---
--- The cart stays in the index, and is due again after retry_ms, so a worker that stops loses nothing. A
--- cart without an open line leaves the index.
---
---@version 1.0.0
---@param cart_record key.cart_record read
---@param slot_carts key.slot_carts write
---@param due_ms epoch_ms the time in the index, as the worker read it
---@param retry_ms ms after which the cart is due again
---@return "claimed"|"finished"|"changed" outcome claimed: ask settle now; finished: no line is open, so
---   the cart has left the index; changed: the index has another time for it, because another worker has
---   taken it, for example
---@cost O(log C), C the open carts of the slot
---@oom runs it only changes the time of an entry, or removes it
---@resend safe it names the time that it read, so a second run changes nothing
---@role worker
---
---@example A cart with an open line is due again later.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open 1 set_aside 0
---  given  ZADD {slot_carts} {now-1} example:cart
---  call   due_ms={now-1} retry_ms=5000
---  reply  outcome=claimed
---  again  outcome=changed
---  then   ZCARD {slot_carts} = 1
---@example A cart without an open line leaves the index.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open 0 set_aside 1
---  given  ZADD {slot_carts} {now-1} example:cart
---  call   due_ms={now-1} retry_ms=5000
---  reply  outcome=finished
---  again  outcome=changed
---  then   EXISTS {slot_carts} = 0
---@example Another worker has taken it.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open 1 set_aside 0
---  given  ZADD {slot_carts} {now+4000} example:cart
---  call   due_ms={now-1} retry_ms=5000
---  reply  outcome=changed
---@example A corrupt number is an error, and nothing is written.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open many set_aside 0
---  given  ZADD {slot_carts} {now-1} example:cart
---  call   due_ms={now-1} retry_ms=5000
---  error  CORRUPT counts of a cart
local function claim(cart_record, slot_carts, due_ms, retry_ms)
  local member = slot_member(cart_record)
  local stored = stored_integer(redis.call("ZSCORE", slot_carts, member), "time of a cart")
  local open = stored_integer(redis.call("HGET", cart_record, "open"), "counts of a cart", 0, 100)
  if stored ~= due_ms then
    return "changed"
  elseif not open or open == 0 then
    redis.call("ZREM", slot_carts, member)
    return "finished"
  end
  redis.call("ZADD", slot_carts, now_ms() + retry_ms, member)
  return "claimed"
end

return claim
