#!lua
-- coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_integer.lua:
--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script. `tonumber` also reads forms such as 1e3, which no script stores.
local function stored_integer(value, what, min, max)
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  if not value then
    return nil
  end
  local number = tonumber(value)
  if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
    error({ err = "CORRUPT " .. what })
  end
  return number
end

-- From lua/coupon/redeem.lua:
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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT coupon.redeem expected 2 keys and 3 arguments" }
end
local arg_customer = ARGV[1]
if arg_customer == "" or #arg_customer > 256 then
  return { err = "ARGUMENT coupon.redeem customer: expected 1 to 256 bytes" }
end
if string.find(arg_customer, "[%c{}]") then
  return { err = "ARGUMENT coupon.redeem customer: expected no control characters and no braces" }
end
local arg_units = tonumber(ARGV[2])
if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
  return { err = "ARGUMENT coupon.redeem units: expected a whole number from 1 to 1000000000000" }
end
local arg_remember_ms = tonumber(ARGV[3])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT coupon.redeem remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Redeems units of a coupon for a customer: never more than its limits in all and for the customer.
do
  local coupon, coupon_redemption, customer, units, remember_ms =
    KEYS[1], KEYS[2], arg_customer, arg_units, arg_remember_ms
  local field = "customer:" .. customer
  local stored = redis.call("HMGET", coupon, "rules", "redeemed", field)
  local redeemed = stored_integer(stored[2], "redeemed", 0, MAX_UNITS) or 0
  local own = stored_integer(stored[3], "units of a customer", 0, MAX_UNITS) or 0
  local outcome, made = "unknown", "0"
  local remaining, customer_remaining = 0, 0
  if stored[1] then
    -- From lua/lib/coupon/stored_rules.lua:
    --- Reads the rules of a coupon, such as `limit 100 each 1 from 0 to 9000 seq 7 life 1767225600000000`.
    local function stored_rules(text)
      -- The upper bound of the type units.
      local MAX_COUPON_UNITS = 1000000000000
      -- The upper bound of the type epoch_ms.
      local MAX_TIME = 8640000000000000
      -- The upper bound of the type sequence.
      local MAX_SEQUENCE = 9007199254740991
      local all, each, from, to, event, made =
        string.match(text, "^limit (%d+) each (%d+) from (%d+) to (%d+) seq (%d+) life (%d+)$")
      local limit, customer_limit = tonumber(all), tonumber(each)
      local from_ms, until_ms, sequence = tonumber(from), tonumber(to), tonumber(event)
      if not limit or limit > MAX_COUPON_UNITS or customer_limit > MAX_COUPON_UNITS then
        error({ err = "CORRUPT rules" })
      end
      if from_ms > until_ms or until_ms > MAX_TIME or sequence > MAX_SEQUENCE then
        error({ err = "CORRUPT rules" })
      end
      return limit, customer_limit, from_ms, until_ms, sequence, made
    end
    local limit, customer_limit, from_ms, until_ms, _, stored_made = stored_rules(stored[1])
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
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
    local reply_outcome, reply_repeated, reply_remaining, reply_customer_remaining =
      earlier_answer(first, units, customer)
    return {
      reply_outcome,
      reply_repeated ~= nil and (reply_repeated and 1 or 0),
      reply_remaining or false,
      reply_customer_remaining or false,
    }
  end
  if outcome == "redeemed" then
    redis.call("HSET", coupon, "redeemed", redeemed + units, field, own + units)
  elseif outcome ~= "exhausted" and outcome ~= "customer_exhausted" then
    return outcome
  end
  return { outcome, 0, remaining or false, customer_remaining }
end
