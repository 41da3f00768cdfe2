#!lua
-- Rival of coupon.redeem: takes units of a coupon for a customer, by hand.
-- KEYS: the coupon, the redemption. ARGV: the customer, the units, how long it is remembered.
local call, tonumber, match, format = redis.call, tonumber, string.match, string.format
local customer, units, remember_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT coupon.redeem" }
end
if customer == "" or #customer > 256 or string.find(customer, "[%c{}]") then
  return { err = "ARGUMENT coupon.redeem customer" }
end
if not units or units < 1 or units > 1000000000000 or units % 1 ~= 0 then
  return { err = "ARGUMENT coupon.redeem units" }
end
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 or remember_ms % 1 ~= 0 then
  return { err = "ARGUMENT coupon.redeem remember_ms" }
end

local field = "customer:" .. customer
local stored = call("HMGET", KEYS[1], "rules", "redeemed", field)
local redeemed, own = tonumber(stored[2] or "0"), tonumber(stored[3] or "0")
if not redeemed or redeemed < 0 or redeemed > 1000000000000 or redeemed % 1 ~= 0 then
  return { err = "CORRUPT redeemed" }
end
if not own or own < 0 or own > 1000000000000 or own % 1 ~= 0 then
  return { err = "CORRUPT units of a customer" }
end
local outcome, life, in_all, each = "unknown", "0", 0, 0
if stored[1] then
  local limit, customer_limit, from, to, sequence, made =
    match(stored[1], "^limit (%d+) each (%d+) from (%d+) to (%d+) seq (%d+) life (%d+)$")
  limit, customer_limit, from, to = tonumber(limit), tonumber(customer_limit), tonumber(from), tonumber(to)
  if not limit or limit > 1000000000000 or customer_limit > 1000000000000 then
    return { err = "CORRUPT rules" }
  end
  if from > to or to > 8640000000000000 or tonumber(sequence) > 9007199254740991 then
    return { err = "CORRUPT rules" }
  end
  local clock = call("TIME")
  local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
  life, in_all, each = made, limit - redeemed, customer_limit - own
  if in_all < 0 then
    in_all = 0
  end
  if each < 0 then
    each = 0
  end
  if now < from then
    outcome = "not_started"
  elseif now >= to then
    outcome = "ended"
  elseif units > in_all then
    outcome = "exhausted"
  elseif units > each then
    outcome = "customer_exhausted"
  else
    outcome, in_all, each = "redeemed", in_all - units, each - units
  end
end
if outcome ~= "redeemed" and remember_ms > 660000 then
  remember_ms = 660000
end

local answer = format("%s %d %d %d %s %s", outcome, units, in_all, each, life, customer)
local first = call("SET", KEYS[2], answer, "NX", "GET", "PX", format("%d", remember_ms))
if first then
  if first == "cancelled" then
    return "released"
  end
  local was, taken, left, left_own, who = match(first, "^([%l_]+) (%d+) (%d+) (%d+) %d+ (.+)$")
  left, left_own = tonumber(left), tonumber(left_own)
  if not left or left > 1000000000000 or left_own > 1000000000000 then
    return { err = "CORRUPT redemption" }
  end
  if tonumber(taken) ~= units or who ~= customer then
    return "mismatch"
  end
  if was == "redeemed" or was == "exhausted" or was == "customer_exhausted" then
    return { was, 1, left, left_own }
  end
  if was == "not_started" or was == "ended" or was == "unknown" or was == "released" then
    return was
  end
  return { err = "CORRUPT redemption" }
end
if outcome == "redeemed" then
  call("HSET", KEYS[1], "redeemed", format("%d", redeemed + units), field, format("%d", own + units))
elseif outcome ~= "exhausted" and outcome ~= "customer_exhausted" then
  return outcome
end
return { outcome, 0, in_all, each }
