#!lua flags=allow-oom
-- slot.join 1.0.0. Generated from lua/slot/join.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/slot/join.lua:
-- For this time after its lease, or after it left, a worker is remembered. A late call changes nothing
-- then. It is the horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a faster clock.
local HORIZON_MS = 660000
-- The longest lease, 600,000 ms, and 60,000 ms for renewals, each of which ends later than the one
-- before, and for a clock that was set back a little. A lease that ends later is not live.
local MAX_AHEAD_MS = 660000
-- The maximum number of live workers of a group.
local MAX_WORKERS = 250
local NEVER_MS = -8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT slot.join expected 1 key and 3 arguments" }
end
local arg_worker = ARGV[1]
if arg_worker == "" or #arg_worker > 256 then
  return { err = "ARGUMENT slot.join worker: expected 1 to 256 bytes" }
end
if string.find(arg_worker, "[%c{}]") then
  return { err = "ARGUMENT slot.join worker: expected no control characters and no braces" }
end
local arg_lease_ms = tonumber(ARGV[2])
if not arg_lease_ms or arg_lease_ms < 1000 or arg_lease_ms > 600000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT slot.join lease_ms: expected a whole number from 1000 to 600000" }
end
local arg_lease_ends_ms = tonumber(ARGV[3])
if ARGV[3] ~= "" then
  if
    not arg_lease_ends_ms
    or arg_lease_ends_ms < 0
    or arg_lease_ends_ms > 8640000000000000
    or arg_lease_ends_ms % 1 ~= 0
  then
    return { err = "ARGUMENT slot.join lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
  end
end

--- Makes a worker a member of its group until its lease ends, or renews the lease, and returns the
--- live members. A renewal never makes the lease shorter.
do
  local workers, worker, lease_ms, lease_ends_ms = KEYS[1], arg_worker, arg_lease_ms, arg_lease_ends_ms
  local now = now_ms()
  local stored = stored_integer(redis.call("ZSCORE", workers, worker), "end of a worker's lease", NEVER_MS)
  local renews = lease_ends_ms ~= nil
  local latest = now + MAX_AHEAD_MS
  local is_live = stored and stored > now and stored <= latest

  if stored and stored < 0 then
    return "left"
  elseif stored and stored <= now and lease_ends_ms ~= stored then
    return "ended"
  elseif not stored and renews then
    return "ended"
  elseif not is_live and redis.call("ZCOUNT", workers, now + 1, latest) >= MAX_WORKERS then
    return "full"
  end

  local ends = stored
  local writes = not ends or lease_ends_ms == ends
  if writes then
    -- Always later than before, so that the same call finds another end when it arrives again.
    ends = math.max(now + lease_ms, is_live and stored + 1 or 0)
    redis.call("ZADD", workers, ends, worker)
    redis.call("PEXPIRE", workers, 2 * HORIZON_MS)
    if not stored then
      redis.call("PUBLISH", workers, "joined")
    end
  end
  latest = math.max(latest, ends)
  local present = redis.call("ZRANGE", workers, now + 1, latest, "BYSCORE", "LIMIT", "0", MAX_WORKERS)
  if writes then
    redis.call("ZREMRANGEBYSCORE", workers, -now, now - HORIZON_MS)
  end
  return { "joined", ends or false, present }
end
