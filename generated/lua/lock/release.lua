#!lua flags=allow-oom
-- lock.release 1.0.0. Generated from lua/lock/release.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/lock/release.lua:
-- As in lock.acquire: how long a lock and its owners are remembered after a hold has ended.
local KEPT_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT lock.release expected 2 keys and 1 argument" }
end
local arg_fence = tonumber(ARGV[1])
if ARGV[1] ~= "" then
  if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
    return { err = "ARGUMENT lock.release fence: expected a whole number from 1 to 9007199254740991" }
  end
end

--- Releases a lock if the caller still holds it, and wakes the callers that wait for it.
do
  local lock, lock_owner, fence = KEYS[1], KEYS[2], arg_fence
  local owner = owner_of(lock, lock_owner)
  local stored_fence, lease_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
  if holder ~= owner then
    redis.call("SET", lock_owner, "ended", "NX", "GET", "PX", KEPT_MS)
    return "lost"
  end
  if state == "released" or (fence and fence ~= stored_fence) then
    return "lost"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local now = now_ms()
  local ended_ms = math.min(now, lease_ends_ms)
  local kept_until_ms = math.max(now, math.ceil(stored_fence / 1000)) + KEPT_MS
  local released = string.format("%d %d released %s", stored_fence, ended_ms, owner)
  -- First, because GET refuses a key of another type. After a long lease, the TTL is shorter now.
  redis.call("SET", lock_owner, "ended", "GET", "PX", KEPT_MS)
  redis.call("SET", lock, released, "PXAT", string.format("%d", kept_until_ms))
  if state == "waited" then
    redis.call("PUBLISH", lock, "released")
  end
  if now < lease_ends_ms then
    return "released"
  end
  return "lost"
end
