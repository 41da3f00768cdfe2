#!lua
-- idempotency.begin 1.0.1. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/raise.lua:
--- Ends the script with an error that names a line of the script. Call it before the first write.
local function raise(code, what, level)
  -- Clients expect the code as the first word of an error. Redis puts ERR in front of an error that
  -- is a text, so this error must be a table. For a table, Redis names the line of error() itself,
  -- which is always the line below. Lua adds the line at `level`, but only to a text. So the first
  -- error() is caught and only returns this position, "user_script:<line>: ". The second error()
  -- ends the script.
  local _, position = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(position, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Ends the script with the error CORRUPT: a stored value does not have the form that the keyspace
--- declares.
local function corrupt(what, level)
  raise("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/next_number.lua:
--- Returns a number above the last one, for fences and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
local MAX_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
--- script.
local function stored_integer(value, what, min, max)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (min or 0) or number > (max or MAX_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/idempotency/begin.lua:
-- A record is kept longer than its lease, because the next fence must be higher and another payload
-- must be detected.
local KEPT_AFTER_LEASE_MS = 86400000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT idempotency.begin expected 1 key and 3 arguments" }
end
local arg_owner = ARGV[1]
if arg_owner == "" or #arg_owner > 256 then
  return { err = "ARGUMENT idempotency.begin owner: expected 1 to 256 bytes" }
end
if string.find(arg_owner, "[%c{}]") then
  return { err = "ARGUMENT idempotency.begin owner: expected no control characters and no braces" }
end
local arg_payload_hash = ARGV[2]
if arg_payload_hash == "" or #arg_payload_hash > 128 then
  return { err = "ARGUMENT idempotency.begin payload_hash: expected 1 to 128 bytes" }
end
if string.find(arg_payload_hash, "[%c{}]") then
  return { err = "ARGUMENT idempotency.begin payload_hash: expected no control characters and no braces" }
end
local arg_lease_ms = tonumber(ARGV[3])
if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT idempotency.begin lease_ms: expected a whole number from 1 to 31622400000" }
end

--- Decides what to do with a request: run it, replay its reply, wait for its runner, or refuse
--- another payload.
do
  local request, owner, payload_hash, lease_ms = KEYS[1], arg_owner, arg_payload_hash, arg_lease_ms
  local stored =
    redis.call("HMGET", request, "state", "owner", "fence", "payload_hash", "lease_ends", "reply")
  local state, stored_owner, stored_hash, reply = stored[1], stored[2], stored[4], stored[6]
  local fence = stored_integer(stored[3], "fence")
  local lease_ends = stored_integer(stored[5], "lease_ends")
  local now = now_ms()

  if state then
    if stored_hash ~= payload_hash then
      return "mismatch"
    end
    if state == "done" then
      if not reply then
        corrupt("reply")
      end
      return { "replay", false, reply }
    end
    if state ~= "running" or not lease_ends or not fence then
      corrupt("state")
    end
    if stored_owner ~= owner and now < lease_ends then
      return { "busy", false, false, lease_ends - now }
    end
  end

  local new_fence = next_number(fence)
  local new_lease_ends = now + lease_ms
  if state and stored_owner == owner then
    new_fence = fence
    new_lease_ends = math.max(new_lease_ends, lease_ends)
  end
  redis.call(
    "HSET",
    request,
    "state",
    "running",
    "owner",
    owner,
    "fence",
    new_fence,
    "payload_hash",
    payload_hash
  )
  redis.call("HSET", request, "lease_ends", new_lease_ends)
  redis.call("PEXPIREAT", request, new_lease_ends + KEPT_AFTER_LEASE_MS)
  return { "run", new_fence }
end
