local stored_integer = require("lib.stored_integer")

--- Aborts an attempt to commit a cart, unless it is committed.
---
--- Reading and writing are one step, so the answer is final. The record stays in the index of its slot,
--- until all lines have followed.
---
---@version 1.0.0
---@param cart_record key.cart_record write
---@param fence fence of the attempt, as begin returned it
---@return "aborted"|"committed"|"unknown" outcome aborted: the attempt is over, so give all lines back;
---   committed: sell all lines now; unknown: there is no record, so give all lines back
---@cost O(1)
---@oom runs it changes one short field
---@resend safe an aborted attempt stays aborted
---
---@example An undecided attempt is aborted.
---  given  HSET {cart_record} state undecided fence 7 deadline_ms {now+9000}
---  given  HSET {cart_record} lines 1 open 1 set_aside 0 remember_ms 3600000 line:lamp "2 open"
---  call   fence=7
---  reply  outcome=aborted
---  then   HGET {cart_record} state = aborted
---@example A committed cart stays committed.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now+9000}
---  call   fence=7
---  reply  outcome=committed
---@example A later attempt is not aborted.
---  given  HSET {cart_record} state undecided fence 8 deadline_ms {now+9000}
---  call   fence=7
---  reply  outcome=aborted
---  then   HGET {cart_record} state = undecided
---@example A corrupt fence is an error, and nothing is written.
---  given  HSET {cart_record} state undecided fence seven deadline_ms {now+9000}
---  call   fence=7
---  error  CORRUPT fence
local function abort(cart_record, fence)
  local stored = redis.call("HMGET", cart_record, "state", "fence")
  local state, stored_fence = stored[1], stored_integer(stored[2], "fence")
  if not state then
    return "unknown"
  elseif state ~= "undecided" and state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  elseif stored_fence ~= fence then
    return "aborted"
  end
  if state == "undecided" then
    redis.call("HSET", cart_record, "state", "aborted")
  end
  return state == "committed" and "committed" or "aborted"
end

return abort
