#!lua flags=no-writes
-- coupon.read 1.0.0. Generated from lua/coupon/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/coupon/read.lua:
-- The upper bound of the type units.
local MAX_UNITS = 1000000000000
-- The upper bound of the type epoch_ms: no end.
local NEVER_MS = 8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT coupon.read expected 1 key and 1 argument" }
end
local arg_customer = ARGV[1]
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
  local coupon, customer = KEYS[1], arg_customer
  local stored
  if customer then
    stored = redis.call("HMGET", coupon, "rules", "redeemed", "customer:" .. customer)
  else
    stored = redis.call("HMGET", coupon, "rules", "redeemed")
  end
  if not stored[1] then
    return "unknown"
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
  local limit, customer_limit, from_ms, until_ms = stored_rules(stored[1])
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
  local redeemed = stored_integer(stored[2], "redeemed", 0, MAX_UNITS) or 0
  local own, own_remaining
  if customer then
    own = stored_integer(stored[3], "units of a customer", 0, MAX_UNITS) or 0
    own_remaining = math.max(customer_limit - own, 0)
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
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
  return {
    "found",
    status or false,
    limit or false,
    customer_limit or false,
    from_ms or false,
    ends or false,
    redeemed or false,
    remaining or false,
    own or false,
    own_remaining,
  }
end
