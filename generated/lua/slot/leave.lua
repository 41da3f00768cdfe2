#!lua flags=allow-oom
-- slot.leave 1.0.0. Generated from lua/slot/leave.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/slot/leave.lua:
-- For this time a worker that left is remembered. A late call of join does not bring it back then. It
-- is the horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a faster clock.
local HORIZON_MS = 660000
local NEVER_MS = -8640000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT slot.leave expected 1 key and 1 argument" }
end
local arg_worker = ARGV[1]
if arg_worker == "" or #arg_worker > 256 then
  return { err = "ARGUMENT slot.leave worker: expected 1 to 256 bytes" }
end
if string.find(arg_worker, "[%c{}]") then
  return { err = "ARGUMENT slot.leave worker: expected no control characters and no braces" }
end

--- Ends a worker's membership in its group, so that the others serve its slots at once.
do
  local workers, worker = KEYS[1], arg_worker
  local stored = stored_integer(redis.call("ZSCORE", workers, worker), "end of a worker's lease", NEVER_MS)
  if stored and stored < 0 then
    return "left"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  redis.call("ZADD", workers, -(now_ms() + HORIZON_MS), worker)
  redis.call("PEXPIRE", workers, 2 * HORIZON_MS)
  redis.call("PUBLISH", workers, "left")
  return "left"
end
