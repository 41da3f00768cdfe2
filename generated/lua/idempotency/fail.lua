#!lua flags=allow-oom
-- idempotency.fail 1.0.0. Generated from lua/idempotency/fail.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/owner_of.lua:
--- Returns the owner that a key `<key>-owner:<owner>` names.
local function owner_of(key, owner_key)
  -- "-owner:" has 7 bytes.
  return string.sub(owner_key, #key + 8)
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

-- From lua/idempotency/fail.lua:
-- As in idempotency.begin: how long an owner is remembered.
local REMEMBERED_MS = 660000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT idempotency.fail expected 2 keys and 1 argument" }
end
local arg_fence = tonumber(ARGV[1])
if ARGV[1] ~= "" then
  if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
    return { err = "ARGUMENT idempotency.fail fence: expected a whole number from 1 to 9007199254740991" }
  end
end

--- Ends a request without a reply: any other runner may run it at once.
do
  local request, request_owner, fence = KEYS[1], KEYS[2], arg_fence
  local stored = redis.call("HMGET", request, "state", "owner", "fence")
  local stored_fence = stored_integer(stored[3], "fence")
  if stored[2] ~= owner_of(request, request_owner) then
    redis.call("SET", request_owner, "ended", "NX", "GET", "PX", REMEMBERED_MS)
    return "lost"
  end
  if stored[1] ~= "running" or (fence and fence ~= stored_fence) then
    return "lost"
  end
  -- First, because GET refuses a key of another type. After a long lease, the TTL is shorter now.
  redis.call("SET", request_owner, "ended", "GET", "PX", REMEMBERED_MS)
  redis.call("HDEL", request, "state", "owner", "payload_hash", "lease_ends_ms")
  return "released"
end
