local stored_integer = require("lib.stored_integer")

-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- The upper bound of the type units.
local MAX_UNITS = 1000000000000

--- Gives back the units that a redemption has taken, once, for an order that was cancelled.
---
--- The redemption cannot take units any more, for as long as it is remembered, and for at least 11
--- minutes. This also holds for one that is not known yet: its call may still be on its way.
---
--- If Redis has removed the coupon of the redemption meanwhile, or somebody has set a new one of the
--- same name, the units are not added to it.
---
---@version 1.0.0
---@param coupon key.coupon write
---@param coupon_redemption key.coupon_redemption write
---@param remember_ms remember_ms how long a redemption that is not known cannot take units, at least 11
---   minutes; as long as redeem remembers it
---@return "released"|"not_redeemed"|"unknown" outcome released: the redemption takes no units any more,
---   because of this call or an earlier one; not_redeemed: it was refused, so it took none; unknown: no
---   redemption of this name is remembered, and a call of redeem that comes now is refused
---@return quantity? units when released: how many units the redemption had taken
---@cost O(1)
---@oom runs it gives units back; what it remembers takes about 150 bytes
---@resend safe the text of the redemption says that it was released
---
---@example The units of a redemption are given back.
---  given  HSET {coupon} rules "limit 100 each 2 from 0 to 8000000000000 seq 3 life 9" redeemed 7
---         customer:ada 2
---  given  SET {coupon_redemption} "redeemed 1 92 0 9 ada" PX 60000
---  call   redemption=order-1 remember_ms=86400000
---  reply  outcome=released units=1
---  then   HMGET {coupon} redeemed customer:ada = 6 1
---  then   GET {coupon_redemption} = "released 1 92 0 9 ada"
---@example A customer without units has no field.
---  given  HSET {coupon} rules "limit 100 each 2 from 0 to 8000000000000 seq 3 life 9" redeemed 7
---         customer:ada 1
---  given  SET {coupon_redemption} "redeemed 1 92 0 9 ada" PX 60000
---  call   redemption=order-1 remember_ms=86400000
---  reply  outcome=released units=1
---  then   HEXISTS {coupon} customer:ada = 0
---@example A refused redemption took nothing.
---  given  HSET {coupon} rules "limit 1 each 1 from 0 to 8000000000000 seq 3 life 9" redeemed 1
---  given  SET {coupon_redemption} "exhausted 1 0 1 9 ada" PX 60000
---  call   redemption=order-1 remember_ms=86400000
---  reply  outcome=not_redeemed
---  then   HGET {coupon} redeemed = 1
---@example A release that comes before its redemption refuses it.
---  call   redemption=order-1 remember_ms=86400000
---  reply  outcome=unknown
---  then   GET {coupon_redemption} = cancelled
---@example A new coupon of the same name gets no units of an old one.
---  given  HSET {coupon} rules "limit 100 each 2 from 0 to 8000000000000 seq 3 life 10" redeemed 7
---  given  SET {coupon_redemption} "redeemed 1 92 0 9 ada" PX 60000
---  call   redemption=order-1 remember_ms=86400000
---  reply  outcome=released units=1
---  then   HGET {coupon} redeemed = 7
---@example A redemption that the counts do not have is an error, and nothing is written.
---  given  HSET {coupon} rules "limit 100 each 2 from 0 to 8000000000000 seq 3 life 9" redeemed 7
---  given  SET {coupon_redemption} "redeemed 1 92 0 9 ada" PX 60000
---  call   redemption=order-1 remember_ms=86400000
---  error  CORRUPT units of a customer
local function release(coupon, coupon_redemption, remember_ms)
  local tombstone_ms = math.max(remember_ms, HORIZON_MS)
  local text = redis.call("GET", coupon_redemption)
  if not text then
    -- Type check only: a coupon of another type is an error with every outcome.
    redis.call("HLEN", coupon)
    redis.call("SET", coupon_redemption, "cancelled", "PX", tombstone_ms)
    return "unknown"
  end
  local outcome, taken, rest, made, customer = string.match(text, "^([%l_]+) (%d+)( %d+ %d+ (%d+) (.+))$")
  local units = tonumber(taken)
  if text ~= "cancelled" and (not units or units < 1 or units > MAX_UNITS) then
    error({ err = "CORRUPT redemption" })
  elseif outcome ~= "redeemed" then
    local is_refused = outcome == "exhausted"
      or outcome == "customer_exhausted"
      or outcome == "not_started"
      or outcome == "ended"
      or outcome == "unknown"
    if outcome and outcome ~= "released" and not is_refused then
      error({ err = "CORRUPT redemption" })
    end
    -- A late copy of this call must not find a later redemption of the same name.
    redis.call("PEXPIRE", coupon_redemption, tombstone_ms, "GT")
    if outcome == "released" then
      return "released", units
    end
    return outcome and "not_redeemed" or "unknown"
  end

  local field = "customer:" .. customer
  local stored = redis.call("HMGET", coupon, "rules", "redeemed", field)
  local stored_made = string.match(stored[1] or "", " life (%d+)$")
  if stored[1] and not stored_made then
    error({ err = "CORRUPT rules" })
  end
  local redeemed, own
  if stored_made == made then
    -- The counts have at least the units of this redemption; an absent one is no number.
    redeemed = (stored_integer(stored[2] or "", "redeemed", units, MAX_UNITS) or 0) - units
    own = (stored_integer(stored[3] or "", "units of a customer", units, MAX_UNITS) or 0) - units
  end

  redis.call("SET", coupon_redemption, "released " .. taken .. rest, "KEEPTTL")
  -- A late copy of the redemption may come until then.
  redis.call("PEXPIRE", coupon_redemption, tombstone_ms, "GT")
  if own and own > 0 then
    redis.call("HSET", coupon, "redeemed", redeemed, field, own)
  elseif own then
    redis.call("HSET", coupon, "redeemed", redeemed)
    redis.call("HDEL", coupon, field)
  end
  return "released", units
end

return release
