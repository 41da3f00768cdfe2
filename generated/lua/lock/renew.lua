#!lua flags=allow-oom
-- lock.renew 1.0.0. Generated from lua/lock/renew.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/owner_of.lua:
--- Returns the owner that a key `<key>-owner:<owner>` names.
local function owner_of(key, owner_key)
  -- "-owner:" has 7 bytes.
  return string.sub(owner_key, #key + 8)
end

-- From lua/lib/lock/stored_lock.lua:
--- Reads a lock, which is stored as `<fence> <lease_ends_ms> <state> <owner>`.
local function stored_lock(value)
  -- The upper bound of the type fence. A stored fence leaves room for the next one.
  local MAX_FENCE = 9007199254740991
  -- The upper bound of the type epoch_ms.
  local MAX_LEASE_ENDS_MS = 8640000000000000
  if not value then
    return nil
  end
  local fence, lease_ends_ms, state, owner = string.match(value, "^(%d+) (%d+) (%l+) (.*)$")
  fence, lease_ends_ms = tonumber(fence), tonumber(lease_ends_ms)
  if
    not fence
    or fence >= MAX_FENCE - 1
    or lease_ends_ms >= MAX_LEASE_ENDS_MS
    or (state ~= "held" and state ~= "waited" and state ~= "released")
  then
    error({ err = "CORRUPT lock" })
  end
  return fence, lease_ends_ms, state, owner
end

-- From lua/lock/renew.lua:
-- As in lock.acquire: how long a lock and its owners are remembered after a hold has ended.
local KEPT_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT lock.renew expected 2 keys and 3 arguments" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT lock.renew fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_lease_ends_ms = tonumber(ARGV[2])
if
  not arg_lease_ends_ms
  or arg_lease_ends_ms < 0
  or arg_lease_ends_ms > 8640000000000000
  or arg_lease_ends_ms % 1 ~= 0
then
  return { err = "ARGUMENT lock.renew lease_ends_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT lock.renew lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Starts a new lease for the holder of a lock, from now on. It never makes the lease shorter.
do
  local lock, lock_owner, fence, lease_ends_ms, lease_ms =
    KEYS[1], KEYS[2], arg_fence, arg_lease_ends_ms, arg_lease_ms
  local owner = owner_of(lock, lock_owner)
  local stored_fence, stored_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
  if holder ~= owner or stored_fence ~= fence or state == "released" then
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
    local ended = string.format("%d %d released %s", stored_fence, stored_ends_ms, owner)
    local kept_until_ms = math.max(now, math.ceil(stored_fence / 1000)) + KEPT_MS
    redis.call("SET", lock, ended, "PXAT", string.format("%d", kept_until_ms))
    return "lost"
  end
  if stored_ends_ms ~= lease_ends_ms then
    return { "stale", stored_ends_ms }
  end
  -- Always later than before, so that the same call finds another end when it arrives again.
  local new_ends_ms = math.max(now + lease_ms, stored_ends_ms + 1)
  local kept_until_ms = math.max(new_ends_ms, math.ceil(fence / 1000)) + KEPT_MS
  local fence_text = string.format("%d", fence)
  local kept_until = string.format("%d", kept_until_ms)
  local held = string.format("%s %d %s %s", fence_text, new_ends_ms, state, owner)
  -- First, because GET refuses a key of another type.
  redis.call("SET", lock_owner, fence_text, "GET", "PXAT", kept_until)
  redis.call("SET", lock, held, "PXAT", kept_until)
  return { "renewed", new_ends_ms }
end
