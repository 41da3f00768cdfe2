#!lua
-- coupon.redeem 1.0.0. Generated from lua/coupon/redeem.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 100 calls in one run. An error ends only its own call.

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

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

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 100
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 3 * wrapper_calls
then
  return { err = "ARGUMENT coupon.redeem expected 1 to 100 calls, each with 2 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_customer = wrapper_argv[wrapper_arguments + 1]
  if arg_customer == "" or #arg_customer > 256 then
    return { err = "ARGUMENT coupon.redeem customer: expected 1 to 256 bytes" }
  end
  if string.find(arg_customer, "[%c{}]") then
    return { err = "ARGUMENT coupon.redeem customer: expected no control characters and no braces" }
  end
  local arg_units = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_units or arg_units < 1 or arg_units > 1000000000000 or arg_units % 1 ~= 0 then
    return { err = "ARGUMENT coupon.redeem units: expected a whole number from 1 to 1000000000000" }
  end
  local arg_remember_ms = tonumber(wrapper_argv[wrapper_arguments + 3])
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
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_customer, arg_units, arg_remember_ms
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
      local reply_outcome, reply_repeated, reply_remaining, reply_customer_remaining =
        earlier_answer(first, units, customer)
      return reply_outcome,
        reply_repeated ~= nil and (reply_repeated and 1 or 0),
        reply_remaining or false,
        reply_customer_remaining or false
    end
    if outcome == "redeemed" then
      redis.call("HSET", coupon, "redeemed", redeemed + units, field, own + units)
    elseif outcome ~= "exhausted" and outcome ~= "customer_exhausted" then
      return outcome
    end
    return outcome, 0, remaining or false, customer_remaining
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 4 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_at = wrapper_at + 4
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
