#!lua flags=allow-oom
-- Rival of coupon.release: gives back the units of a redemption, by hand.
-- KEYS: the coupon, the redemption. ARGV: how long it is remembered at least.
local call, tonumber, match, format = redis.call, tonumber, string.match, string.format
local remember_ms = tonumber(ARGV[1])
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT coupon.release" }
end
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 or remember_ms % 1 ~= 0 then
  return { err = "ARGUMENT coupon.release remember_ms" }
end
if remember_ms < 660000 then
  remember_ms = 660000
end
local life_ms = format("%d", remember_ms)
local text = call("GET", KEYS[2])
if not text then
  call("HLEN", KEYS[1])
  call("SET", KEYS[2], "cancelled", "PX", life_ms)
  return { "unknown", false }
end
local outcome, taken, rest, life, customer = match(text, "^([%l_]+) (%d+)( %d+ %d+ (%d+) (.+))$")
local units = tonumber(taken)
if text ~= "cancelled" and (not units or units < 1 or units > 1000000000000) then
  return { err = "CORRUPT redemption" }
end
if outcome ~= "redeemed" then
  if outcome and not string.find(" released exhausted customer_exhausted not_started ended unknown ", " " .. outcome .. " ", 1, true) then
    return { err = "CORRUPT redemption" }
  end
  call("PEXPIRE", KEYS[2], life_ms, "GT")
  if outcome == "released" then
    return { "released", units }
  end
  return { outcome and "not_redeemed" or "unknown", false }
end

local field = "customer:" .. customer
local stored = call("HMGET", KEYS[1], "rules", "redeemed", field)
local made = match(stored[1] or "", " life (%d+)$")
if stored[1] and not made then
  return { err = "CORRUPT rules" }
end
local redeemed, own
if made == life then
  redeemed, own = tonumber(stored[2]), tonumber(stored[3])
  if not redeemed or redeemed < units or redeemed > 1000000000000 or redeemed % 1 ~= 0 then
    return { err = "CORRUPT redeemed" }
  end
  if not own or own < units or own > 1000000000000 or own % 1 ~= 0 then
    return { err = "CORRUPT units of a customer" }
  end
  redeemed, own = redeemed - units, own - units
end
call("SET", KEYS[2], "released " .. taken .. rest, "KEEPTTL")
call("PEXPIRE", KEYS[2], life_ms, "GT")
if own and own > 0 then
  call("HSET", KEYS[1], "redeemed", format("%d", redeemed), field, format("%d", own))
elseif own then
  call("HSET", KEYS[1], "redeemed", format("%d", redeemed))
  call("HDEL", KEYS[1], field)
end
return { "released", units }
