#!lua flags=allow-oom
-- limit.renew 1.0.0. Generated from lua/limit/renew.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/limit/renew.lua:
-- As in limit.enter: how long permits and owners are remembered, and the score of a permit that was
-- left.
local KEPT_MS = 660000
local LEFT = 1000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT limit.renew expected 2 keys and 3 arguments" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT limit.renew fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_lease_ends_ms = tonumber(ARGV[2])
if
  not arg_lease_ends_ms
  or arg_lease_ends_ms < 0
  or arg_lease_ends_ms > 8640000000000000
  or arg_lease_ends_ms % 1 ~= 0
then
  return { err = "ARGUMENT limit.renew lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT limit.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Starts a new lease for the holder of a permit, from now on. It never makes the lease shorter.
do
  local permits, permit_owner, fence, lease_ends_ms, lease_ms =
    KEYS[1], KEYS[2], arg_fence, arg_lease_ends_ms, arg_lease_ms
  local permit = redis.call("GET", permit_owner)
  local stored_ends = permit and redis.call("ZSCORE", permits, permit)
  local stored_ends_ms = stored_integer(stored_ends or false, "end of a permit's lease", -LEFT)
  if not permit or not stored_ends_ms then
    return "lost"
  end
  -- From lua/lib/limit/stored_permit.lua:
  --- Reads a permit, which is stored as `<number> <fence>`.
  local function stored_permit(permit)
    -- The upper bound of the type permit_number.
    local MAX_NUMBER = 999
    -- The upper bound of the type fence. A stored fence leaves room for the next one.
    local MAX_FENCE = 9007199254740991
    local number_text, fence_text = string.match(permit, "^(%d+) (%d+)$")
    local number, fence = tonumber(number_text), tonumber(fence_text)
    if not number or number > MAX_NUMBER or fence >= MAX_FENCE - 1 then
      error({ err = "CORRUPT permit" })
    end
    return number, fence
  end
  local number, stored_fence = stored_permit(permit)
  if stored_fence ~= fence then
    return "lost"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  if now >= stored_ends_ms then
    -- The lease stays over, even after a failover to a server with a slower clock.
    redis.call("ZADD", permits, number - LEFT, permit)
    return "lost"
  end
  if stored_ends_ms ~= lease_ends_ms then
    return { "stale", stored_ends_ms }
  end
  -- Always later than before, so that the same call finds another end when it arrives again.
  local new_ends_ms = math.max(now + lease_ms, stored_ends_ms + 1)
  local kept_until = string.format("%d", math.max(new_ends_ms, math.ceil(fence / 1000)) + KEPT_MS)
  redis.call("SET", permit_owner, permit, "PXAT", kept_until)
  redis.call("ZADD", permits, string.format("%d", new_ends_ms), permit)
  redis.call("PEXPIREAT", permits, kept_until, "GT")
  return { "renewed", new_ends_ms }
end
