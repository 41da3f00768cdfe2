local next_number = require("lib.next_number")
local now_ms = require("lib.now_ms")
local stored_rules = require("lib.coupon.stored_rules")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- The upper bound of the type epoch_ms.
local MAX_TIME = 8640000000000000

--- Sets the rules of a coupon: how many units are redeemed in all and by each customer, and when.
---
--- An event whose sequence is not above the latest one changes nothing. A lower limit takes nothing back:
--- if more is redeemed already, nothing more can be redeemed.
---
--- With until_ms, Redis removes the coupon and the counts of its customers 11 minutes after that time. A
--- coupon that is set after its removal is a new one.
---
--- With more than about 10,000 customers, set lazyfree-lazy-expire yes in the server. Otherwise the
--- removal stops the server, for about 20 ms with 100,000 customers and 300 ms with a million.
---
---@version 1.0.0
---@param coupon key.coupon write
---@param limit units in all; 1,000,000,000,000 for no limit
---@param customer_limit units of each customer; 1,000,000,000,000 for no limit
---@param from_ms epoch_ms? the first instant at which it can be redeemed; absent: at once
---@param until_ms epoch_ms? from this instant on it cannot be redeemed; absent: never
---@param sequence sequence the event's number among the rules of this coupon; higher is later
---@return "applied"|"repeated"|"stale" outcome applied: the rules are set; repeated: the sequence
---   equals the latest one; stale: it is lower
---@cost O(1)
---@resend safe until 11 minutes after until_ms, because the latest sequence stays stored and no call with
---   a lower or equal one changes anything
---
---@example A coupon gets its rules.
---  call   limit=100 customer_limit=1 until_ms=8000000000000 sequence=3
---  reply  outcome=applied
---  again  outcome=repeated
---  then   HKEYS {coupon} = rules
---  then   PEXPIRETIME {coupon} = 8000000660000
---@example What is redeemed stays redeemed.
---  given  HSET {coupon} rules "limit 100 each 1 from 0 to 8640000000000000 seq 3 life 9" redeemed 7
---         customer:ada 7
---  call   limit=5 customer_limit=2 from_ms=5 sequence=4
---  reply  outcome=applied
---  again  outcome=repeated
---  then   HGETALL {coupon} = rules "limit 5 each 2 from 5 to 8640000000000000 seq 4 life 9"
---         redeemed 7 customer:ada 7
---@example A late event changes nothing.
---  given  HSET {coupon} rules "limit 100 each 1 from 0 to 8640000000000000 seq 3 life 9"
---  call   limit=5 customer_limit=5 sequence=2
---  reply  outcome=stale
---@example A window without time is refused.
---  call   limit=5 customer_limit=5 from_ms=9 until_ms=9 sequence=2
---  error  ARGUMENT coupon.set until_ms
---@example Corrupt rules are an error, and nothing is written.
---  given  HSET {coupon} rules "limit 100"
---  call   limit=5 customer_limit=5 sequence=2
---  error  CORRUPT rules
local function set(coupon, limit, customer_limit, from_ms, until_ms, sequence)
  local starts, ends = from_ms or 0, until_ms or MAX_TIME
  if starts >= ends then
    error({ err = "ARGUMENT coupon.set until_ms: it must be above from_ms" })
  end
  local text = redis.call("HGET", coupon, "rules")
  local made
  if text then
    local _, _, _, _, last_sequence, stored_made = stored_rules(text)
    if sequence <= last_sequence then
      return sequence == last_sequence and "repeated" or "stale"
    end
    made = stored_made
  end
  made = made or string.format("%d", next_number())
  local removed_at = math.max(ends, now_ms()) + HORIZON_MS

  redis.call(
    "HSET",
    coupon,
    "rules",
    string.format(
      "limit %d each %d from %d to %d seq %d life %s",
      limit,
      customer_limit,
      starts,
      ends,
      sequence,
      made
    )
  )
  if until_ms then
    redis.call("PEXPIREAT", coupon, removed_at)
  else
    redis.call("PERSIST", coupon)
  end
  return "applied"
end

return set
