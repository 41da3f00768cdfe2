#!lua flags=no-writes
-- coupon.read 1.0.0. Generated from lua/coupon/read.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/coupon/read.lua:
-- The upper bound of the type units.
local MAX_UNITS = 1000000000000
-- The upper bound of the type epoch_ms: no end.
local NEVER_MS = 8640000000000000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if not wrapper_fits or wrapper_calls < 1 or wrapper_calls > 100 or #wrapper_argv ~= wrapper_calls then
  return { err = "ARGUMENT coupon.read expected 1 to 100 calls, each with 1 key and 1 argument" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_customer = wrapper_argv[wrapper_arguments + 1]
  if arg_customer == "" then
    arg_customer = nil
  else
    if arg_customer == "" or #arg_customer > 256 then
      return { err = "ARGUMENT coupon.read customer: expected 1 to 256 bytes" }
    end
    if string.find(arg_customer, "[%c{}]") then
      return { err = "ARGUMENT coupon.read customer: expected no control characters and no braces" }
    end
  end

  --- Returns the rules of a coupon, and what is redeemed of it.
  do
    local coupon, customer = KEYS[wrapper_keys + 1], arg_customer
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
    return "found",
      status or false,
      limit or false,
      customer_limit or false,
      from_ms or false,
      ends or false,
      redeemed or false,
      remaining or false,
      own or false,
      own_remaining
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
-- all calls as a flat list in MessagePack, 10 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6, reply_7, reply_8, reply_9, reply_10 =
    xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_values[wrapper_at + 7] = reply_7 or false
  wrapper_values[wrapper_at + 8] = reply_8 or false
  wrapper_values[wrapper_at + 9] = reply_9 or false
  wrapper_values[wrapper_at + 10] = reply_10 or false
  wrapper_at = wrapper_at + 10
  wrapper_keys = wrapper_keys + 1
  wrapper_arguments = wrapper_arguments + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
