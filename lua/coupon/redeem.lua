local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local stored_rules = require("lib.coupon.stored_rules")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- The upper bound of the type units.
local MAX_UNITS = 1000000000000

--- Returns the answer of an earlier call, from its text.
local function earlier_answer(text, units, customer)
  local outcome, old_units, in_all, own, old_customer =
    string.match(text, "^([%l_]+) (%d+) (%d+) (%d+) %d+ (.+)$")
  local remaining, customer_remaining = tonumber(in_all), tonumber(own)
  if text == "cancelled" then
    return "released"
  elseif not remaining or remaining > MAX_UNITS or customer_remaining > MAX_UNITS then
    error({ err = "CORRUPT redemption" })
  elseif tonumber(old_units) ~= units or old_customer ~= customer then
    return "mismatch"
  elseif outcome == "redeemed" or outcome == "exhausted" or outcome == "customer_exhausted" then
    return outcome, true, remaining, customer_remaining
  elseif outcome == "not_started" or outcome == "ended" or outcome == "unknown" or outcome == "released" then
    return outcome
  end
  error({ err = "CORRUPT redemption" })
end

--- Redeems units of a coupon for a customer: never more than its limits in all and for the customer.
---
--- The script redeems all units or none. Redis's clock decides whether the coupon is valid.
---
--- The script remembers its answer and its arguments under the name of the redemption, for remember_ms;
--- a refusal for at most 11 minutes. If the same redemption is sent again, the script returns that
--- answer and changes nothing. After that time, it runs again as a new one. After a release, the
--- answer is "released".
---
---@version 1.0.0
---@param coupon key.coupon write
---@param coupon_redemption key.coupon_redemption write
---@param customer id who redeems
---@param units quantity how many units, such as 1 for a coupon
---@param remember_ms remember_ms how long the redemption is remembered, and can be released
---@return "redeemed"|"exhausted"|"customer_exhausted"|"not_started"|"ended"|"unknown"|"released"|"mismatch"
---   outcome redeemed: the units are taken; exhausted: too few units remain in all; customer_exhausted:
---   too few remain for the customer; not_started, ended: the coupon is not valid yet, or any more;
---   unknown: nobody has set the coupon; released: the redemption was released before; mismatch: it
---   was sent before with another customer or other units
---@return flag? repeated when redeemed|exhausted|customer_exhausted: this is the remembered answer of
---   an earlier call
---@return units? remaining when redeemed|exhausted|customer_exhausted: in all, after this redemption
---@return units? customer_remaining when redeemed|exhausted|customer_exhausted: for the customer
---@cost O(1)
---@resend safe within remember_ms, and after a refusal at most 11 minutes, because the remembered answer
---   makes a second run change nothing
---@many 100
---
---@example A customer redeems a coupon.
---  given  HSET {coupon} rules "limit 100 each 1 from 0 to 8000000000000 seq 3 life 9" redeemed 7
---  call   redemption=order-1 customer=ada units=1 remember_ms=86400000
---  reply  outcome=redeemed repeated=no remaining=92 customer_remaining=0
---  again  outcome=redeemed repeated=yes remaining=92 customer_remaining=0
---  then   HMGET {coupon} redeemed customer:ada = 8 1
---  then   GET {coupon_redemption} = "redeemed 1 92 0 9 ada"
---@example Too few units remain in all.
---  given  HSET {coupon} rules "limit 100 each 9 from 0 to 8000000000000 seq 3 life 9" redeemed 99
---  call   redemption=order-1 customer=ada units=2 remember_ms=86400000
---  reply  outcome=exhausted repeated=no remaining=1 customer_remaining=9
---  again  outcome=exhausted repeated=yes remaining=1 customer_remaining=9
---  then   HGET {coupon} redeemed = 99
---@example The customer has redeemed as much as one customer may.
---  given  HSET {coupon} rules "limit 100 each 2 from 0 to 8000000000000 seq 3 life 9" redeemed 7
---         customer:ada 1
---  call   redemption=order-2 customer=ada units=2 remember_ms=86400000
---  reply  outcome=customer_exhausted repeated=no remaining=93 customer_remaining=1
---  again  outcome=customer_exhausted repeated=yes remaining=93 customer_remaining=1
---@example The coupon is not valid yet.
---  given  HSET {coupon} rules "limit 9 each 1 from 8000000000000 to 8640000000000000 seq 3 life 9"
---  call   redemption=order-1 customer=ada units=1 remember_ms=86400000
---  reply  outcome=not_started
---@example The coupon has ended.
---  given  HSET {coupon} rules "limit 9 each 1 from 0 to 9000 seq 3 life 9"
---  call   redemption=order-1 customer=ada units=1 remember_ms=86400000
---  reply  outcome=ended
---@example Nobody has set the coupon, and a late copy of the call finds the same answer.
---  call   redemption=order-1 customer=ada units=1 remember_ms=86400000
---  reply  outcome=unknown
---  then   GET {coupon_redemption} = "unknown 1 0 0 0 ada"
---@example A late copy of a redemption that was released redeems nothing.
---  given  HSET {coupon} rules "limit 100 each 1 from 0 to 8000000000000 seq 3 life 9" redeemed 7
---  given  SET {coupon_redemption} "released 1 92 0 9 ada" PX 60000
---  call   redemption=order-1 customer=ada units=1 remember_ms=86400000
---  reply  outcome=released
---  then   HGET {coupon} redeemed = 7
---@example The same redemption for another customer is a mismatch.
---  given  HSET {coupon} rules "limit 100 each 1 from 0 to 8000000000000 seq 3 life 9" redeemed 7
---  given  SET {coupon_redemption} "redeemed 1 92 0 9 ada" PX 60000
---  call   redemption=order-1 customer=bob units=1 remember_ms=86400000
---  reply  outcome=mismatch
---@example A corrupt count is an error, and nothing is written.
---  given  HSET {coupon} rules "limit 100 each 1 from 0 to 8000000000000 seq 3 life 9" redeemed many
---  call   redemption=order-1 customer=ada units=1 remember_ms=86400000
---  error  CORRUPT redeemed
local function redeem(coupon, coupon_redemption, customer, units, remember_ms)
  local field = "customer:" .. customer
  local stored = redis.call("HMGET", coupon, "rules", "redeemed", field)
  local redeemed = stored_integer(stored[2], "redeemed", 0, MAX_UNITS) or 0
  local own = stored_integer(stored[3], "units of a customer", 0, MAX_UNITS) or 0
  local outcome, made = "unknown", "0"
  local remaining, customer_remaining = 0, 0
  if stored[1] then
    local limit, customer_limit, from_ms, until_ms, _, stored_made = stored_rules(stored[1])
    local now = now_ms()
    made = stored_made
    remaining = math.max(limit - redeemed, 0)
    customer_remaining = math.max(customer_limit - own, 0)
    if now < from_ms then
      outcome = "not_started"
    elseif now >= until_ms then
      outcome = "ended"
    elseif units > remaining then
      outcome = "exhausted"
    elseif units > customer_remaining then
      outcome = "customer_exhausted"
    else
      outcome = "redeemed"
      remaining, customer_remaining = remaining - units, customer_remaining - units
    end
  end
  if outcome ~= "redeemed" then
    remember_ms = math.min(remember_ms, HORIZON_MS)
  end

  local answer =
    string.format("%s %d %d %d %s %s", outcome, units, remaining, customer_remaining, made, customer)
  local first = redis.call("SET", coupon_redemption, answer, "NX", "GET", "PX", remember_ms)
  if first then
    return earlier_answer(first, units, customer)
  end
  if outcome == "redeemed" then
    redis.call("HSET", coupon, "redeemed", redeemed + units, field, own + units)
  elseif outcome ~= "exhausted" and outcome ~= "customer_exhausted" then
    return outcome
  end
  return outcome, false, remaining, customer_remaining
end

return redeem
