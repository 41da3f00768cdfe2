#!lua flags=allow-oom
-- expiry.cancel 1.0.0. Generated from lua/expiry/cancel.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lib/expiry/claim_state.lua:
--- Tells whether a worker has claimed an item, and whether the lease of its last worker has ended.
local function claim_state(processing, item)
  local lease_ends = stored_integer(redis.call("ZSCORE", processing, item), "processing")
  if not lease_ends then
    return false, false
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local abandoned = lease_ends < now_ms()
  return not abandoned, abandoned
end

-- From lua/expiry/cancel.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 6 or #ARGV ~= 1 then
  return { err = "ARGUMENT expiry.cancel expected 6 keys and 1 argument" }
end
local arg_item = ARGV[1]
if arg_item == "" or #arg_item > 256 then
  return { err = "ARGUMENT expiry.cancel item: expected 1 to 256 bytes" }
end
if string.find(arg_item, "[%c{}]") then
  return { err = "ARGUMENT expiry.cancel item: expected no control characters and no braces" }
end

--- Stops tracking an item that no worker has claimed, or removes a dead item.
do
  local due, processing, attempts, dead, reasons, expiry_operation, item =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], arg_item
  local claimed, abandoned = claim_state(processing, item)
  local tracked = redis.call("ZSCORE", due, item)
  local is_dead = redis.call("ZSCORE", dead, item)
  -- Type check only: WRONGTYPE must come before the first write, because Redis does not roll back.
  redis.call("HLEN", attempts)
  redis.call("HLEN", reasons)
  local outcome = "missing"
  if claimed then
    outcome = "claimed"
  elseif tracked or abandoned then
    outcome = "cancelled"
  elseif is_dead then
    outcome = "discarded"
  end

  local call = "cancel " .. outcome .. " " .. item
  local first = redis.call("SET", expiry_operation, call, "NX", "GET", "PX", HORIZON_MS)
  if first then
    return first == "cancel cancelled " .. item and "cancelled"
      or first == "cancel discarded " .. item and "discarded"
      or first == "cancel claimed " .. item and "claimed"
      or first == "cancel missing " .. item and "missing"
      or "mismatch"
  end
  if outcome == "cancelled" or outcome == "discarded" then
    redis.call("ZREM", due, item)
    redis.call("ZREM", processing, item)
    redis.call("HDEL", attempts, item)
    redis.call("ZREM", dead, item)
    redis.call("HDEL", reasons, item)
  end
  return outcome
end
