#!lua flags=allow-oom
-- coupon.release 1.0.0. Generated from lua/coupon/release.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/coupon/release.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000
-- The upper bound of the type units.
local MAX_UNITS = 1000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT coupon.release expected 2 keys and 1 argument" }
end
local arg_remember_ms = tonumber(ARGV[1])
if
  not arg_remember_ms
  or arg_remember_ms < 1000
  or arg_remember_ms > 31622400000
  or arg_remember_ms % 1 ~= 0
then
  return { err = "ARGUMENT coupon.release remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Gives back the units that a redemption has taken, once, for an order that was cancelled.
do
  local coupon, coupon_redemption, remember_ms = KEYS[1], KEYS[2], arg_remember_ms
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
      return { "released", units }
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
  return { "released", units }
end
