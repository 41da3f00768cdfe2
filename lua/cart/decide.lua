local stored_integer = require("lib.stored_integer")

--- Decides that a cart is committed, after all its lines are prepared.
---
--- This one step sells the whole cart. From then on, the lines only follow: commit_prepared sells each.
--- It works for the attempt that is undecided, and for no other. A record that does not exist stays
--- absent, so an attempt that a failover has lost is never committed.
---
--- Wait until replicas have this write, before the customer is told. After a failover that lost it, the
--- record is undecided again, and a worker aborts it although a line may be sold.
---
--- A caller without a reply does not know the decision. It must ask again with the same fence, by decide
--- or abort, or leave the cart to the worker. It must never give lines back by itself.
---
---@version 1.0.0
---@param cart_record key.cart_record write
---@param fence fence of the attempt, as begin returned it
---@return "committed"|"aborted"|"unknown" outcome committed: sell all lines now, with this fence; aborted:
---   the attempt is over, so give all lines back; unknown: there is no record, so give all lines back
---@cost O(1)
---@oom runs it changes one short field
---@resend safe a committed cart stays committed
---
---@example The attempt is committed.
---  given  HSET {cart_record} state undecided fence 7 deadline_ms {now+9000}
---  given  HSET {cart_record} lines 1 open 1 set_aside 0 remember_ms 3600000 line:lamp "2 open"
---  call   fence=7
---  reply  outcome=committed
---  then   HGET {cart_record} state = committed
---@example Also after its time, if no worker has aborted it yet.
---  given  HSET {cart_record} state undecided fence 7 deadline_ms {now-1}
---  call   fence=7
---  reply  outcome=committed
---@example A later attempt has taken its place.
---  given  HSET {cart_record} state undecided fence 8 deadline_ms {now+9000}
---  call   fence=7
---  reply  outcome=aborted
---  then   HGET {cart_record} state = undecided
---@example Without a record, nothing is committed.
---  call   fence=7
---  reply  outcome=unknown
---  then   EXISTS {cart_record} = 0
---@example A corrupt state is an error, and nothing is written.
---  given  HSET {cart_record} state perhaps fence 7 deadline_ms {now+9000}
---  call   fence=7
---  error  CORRUPT state
local function decide(cart_record, fence)
  local stored = redis.call("HMGET", cart_record, "state", "fence")
  local state, stored_fence = stored[1], stored_integer(stored[2], "fence")
  if not state then
    return "unknown"
  elseif state ~= "undecided" and state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  elseif stored_fence ~= fence or state == "aborted" then
    return "aborted"
  end
  if state == "undecided" then
    redis.call("HSET", cart_record, "state", "committed")
  end
  return "committed"
end

return decide
