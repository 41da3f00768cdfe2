#!lua
-- lock.acquire 1.0.0. Generated from lua/lock/acquire.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

-- From lua/lib/attempt_ended.lua:
--- Tells whether an owner has held what another owner holds now, or has given up.
local function attempt_ended(owner_key, waits)
  -- How long an owner is remembered: the horizon of late calls, 600,000 ms, and 60,000 ms for a
  -- failover to a server with a faster clock.
  local ATTEMPT_REMEMBERED_MS = 660000
  if waits then
    return redis.call("GET", owner_key) ~= false
  end
  local before = redis.call("SET", owner_key, "busy", "NX", "GET", "PX", ATTEMPT_REMEMBERED_MS)
  return before and before ~= "busy"
end

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

-- From lua/lock/acquire.lua:
-- How long a lock and its owners are remembered after a hold has ended. It is the horizon of late
-- calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local KEPT_MS = 660000
-- The upper bound of the type ms. A remaining lease is longer only if the clock was set back.
local MAX_RETRY_AFTER_MS = 31622400000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 2
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 64
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 2 * wrapper_calls
then
  return { err = "ARGUMENT lock.acquire expected 1 to 64 calls, each with 2 keys and 2 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_lease_ms = tonumber(wrapper_argv[wrapper_arguments + 1])
  if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
    return { err = "ARGUMENT lock.acquire lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_waits = wrapper_argv[wrapper_arguments + 2]
  if arg_waits == "" then
    arg_waits = nil
  else
    if arg_waits ~= "1" and arg_waits ~= "0" then
      return { err = "ARGUMENT lock.acquire waits: expected 1 or 0" }
    end
    arg_waits = arg_waits == "1"
  end

  --- Acquires a lock for a while, or returns its holder and the rest of its lease.
  do
    local lock, lock_owner, lease_ms, waits =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_lease_ms, arg_waits
    local owner = owner_of(lock, lock_owner)
    local fence, lease_ends_ms, state, holder = stored_lock(redis.call("GET", lock))
    local clock = redis.call("TIME")
    local clock_us = clock[1] * 1000000 + clock[2]
    local now_ms = math.floor(clock_us / 1000)
    local is_held = holder and state ~= "released" and now_ms < lease_ends_ms

    if holder == owner then
      if is_held then
        return "acquired", fence or false, lease_ends_ms or false, 1
      end
      redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
      return "ended"
    end
    if is_held then
      if attempt_ended(lock_owner, waits) then
        redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
        return "ended"
      end
      if waits and state == "held" then
        local waited = string.format("%d %d waited %s", fence, lease_ends_ms, holder)
        redis.call("SET", lock, waited, "KEEPTTL")
      end
      return "busy",
        false,
        false,
        false,
        holder or false,
        math.min(lease_ends_ms - now_ms, MAX_RETRY_AFTER_MS)
    end

    local new_fence = clock_us
    local new_lease_ends_ms = now_ms + lease_ms
    local kept_until_ms = new_lease_ends_ms + KEPT_MS
    if fence and fence >= clock_us then
      new_fence = fence + 1
      kept_until_ms = math.max(kept_until_ms, math.ceil(new_fence / 1000) + KEPT_MS)
    end
    local fence_text = string.format("%d", new_fence)
    local kept_until = string.format("%d", kept_until_ms)
    if redis.call("SET", lock_owner, fence_text, "NX", "GET", "PXAT", kept_until) then
      -- moonpath-allow order/touch-after-remove: the key exists, so SET has written nothing
      redis.call("PEXPIRE", lock_owner, KEPT_MS, "GT")
      return "ended"
    end
    local held = string.format("%s %d held %s", fence_text, new_lease_ends_ms, owner)
    redis.call("SET", lock, held, "PXAT", kept_until)
    return "acquired", new_fence or false, new_lease_ends_ms or false, 0
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 6 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_values[wrapper_at + 4] = reply_4 or false
  wrapper_values[wrapper_at + 5] = reply_5 or false
  wrapper_values[wrapper_at + 6] = reply_6 or false
  wrapper_at = wrapper_at + 6
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 2
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
