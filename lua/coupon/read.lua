local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local stored_rules = require("lib.coupon.stored_rules")

-- The upper bound of the type units.
local MAX_UNITS = 1000000000000
-- The upper bound of the type epoch_ms: no end.
local NEVER_MS = 8640000000000000

--- Returns the rules of a coupon, and what is redeemed of it.
---
---@version 1.0.0
---@param coupon key.coupon read
---@param customer id? also return what this customer has redeemed
---@return "found"|"unknown" outcome unknown: nobody has set the coupon, or Redis has removed it
---@return coupon_status? status when found: whether it can be redeemed now
---@return units? limit when found: units in all
---@return units? customer_limit when found: units of each customer
---@return epoch_ms? from_ms when found: the first instant at which it can be redeemed
---@return epoch_ms? until_ms sometimes when found: from this instant on it cannot be redeemed; absent:
---   never
---@return units? redeemed when found: in all
---@return units? remaining when found: in all
---@return units? customer_redeemed sometimes when found: by the customer; absent without a customer
---@return units? customer_remaining sometimes when found: for the customer; absent without a customer
---@cost O(1)
---@resend safe it only reads
---@many 100
---
---@example A coupon that can be redeemed.
---  given  HSET {coupon} rules "limit 100 each 2 from 0 to 8000000000000 seq 3 life 9" redeemed 7
---  reply  outcome=found status=active limit=100 customer_limit=2 from_ms=0 until_ms=8000000000000
---         redeemed=7 remaining=93
---@example What a customer has redeemed.
---  given  HSET {coupon} rules "limit 7 each 2 from 5 to 8640000000000000 seq 3 life 9" redeemed 7
---         customer:ada 1
---  call   customer=ada
---  reply  outcome=found status=exhausted limit=7 customer_limit=2 from_ms=5 redeemed=7 remaining=0
---         customer_redeemed=1 customer_remaining=1
---@example Nobody has set the coupon.
---  call   customer=ada
---  reply  outcome=unknown
---@example Corrupt rules are an error.
---  given  HSET {coupon} rules "limit 100"
---  error  CORRUPT rules
local function read(coupon, customer)
  local stored
  if customer then
    stored = redis.call("HMGET", coupon, "rules", "redeemed", "customer:" .. customer)
  else
    stored = redis.call("HMGET", coupon, "rules", "redeemed")
  end
  if not stored[1] then
    return "unknown"
  end
  local limit, customer_limit, from_ms, until_ms = stored_rules(stored[1])
  local redeemed = stored_integer(stored[2], "redeemed", 0, MAX_UNITS) or 0
  local own, own_remaining
  if customer then
    own = stored_integer(stored[3], "units of a customer", 0, MAX_UNITS) or 0
    own_remaining = math.max(customer_limit - own, 0)
  end
  local now = now_ms()
  local remaining = math.max(limit - redeemed, 0)
  local status = "active"
  if now < from_ms then
    status = "not_started"
  elseif now >= until_ms then
    status = "ended"
  elseif remaining == 0 then
    status = "exhausted"
  end
  local ends = until_ms < NEVER_MS and until_ms or nil
  return "found", status, limit, customer_limit, from_ms, ends, redeemed, remaining, own, own_remaining
end

return read
