#!lua
-- idempotency.begin 1.0.0. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.
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

-- From lua/idempotency/begin.lua:
-- A record is kept longer than its lease, because the next fence must be higher and another payload
-- must be detected.
local KEPT_AFTER_LEASE_MS = 86400000
-- How long an owner is remembered: the horizon of late calls, 600,000 ms, and 60,000 ms for a
-- failover to a server with a faster clock.
local REMEMBERED_MS = 660000
-- The upper bound of the type fence. A stored fence leaves room for the next one.
local MAX_FENCE = 9007199254740991
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
  or #wrapper_argv ~= 3 * wrapper_calls
then
  return { err = "ARGUMENT idempotency.begin expected 1 to 64 calls, each with 2 keys and 3 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_payload_hash = wrapper_argv[wrapper_arguments + 1]
  if arg_payload_hash == "" or #arg_payload_hash > 128 then
    return { err = "ARGUMENT idempotency.begin payload_hash: expected 1 to 128 bytes" }
  end
  if string.find(arg_payload_hash, "[%c{}]") then
    return { err = "ARGUMENT idempotency.begin payload_hash: expected no control characters and no braces" }
  end
  local arg_lease_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if not arg_lease_ms or arg_lease_ms < 1 or arg_lease_ms > 31622400000 or arg_lease_ms % 1 ~= 0 then
    return { err = "ARGUMENT idempotency.begin lease_ms: expected a whole number from 1 to 31622400000" }
  end
  local arg_waits = wrapper_argv[wrapper_arguments + 3]
  if arg_waits == "" then
    arg_waits = nil
  else
    if arg_waits ~= "1" and arg_waits ~= "0" then
      return { err = "ARGUMENT idempotency.begin waits: expected 1 or 0" }
    end
    arg_waits = arg_waits == "1"
  end

  --- Decides what to do with a request: run it, replay its reply, wait for its runner, or refuse
  --- another payload.
  do
    local request, request_owner, payload_hash, lease_ms, waits =
      KEYS[wrapper_keys + 1], KEYS[wrapper_keys + 2], arg_payload_hash, arg_lease_ms, arg_waits
    local owner = owner_of(request, request_owner)
    local stored = redis.call("HMGET", request, "state", "owner", "fence", "payload_hash", "lease_ends_ms")
    local state, runner, stored_hash = stored[1], stored[2], stored[4]
    local fence = stored_integer(stored[3], "fence", 0, MAX_FENCE - 2)
    local lease_ends_ms = stored_integer(stored[5], "lease_ends_ms")
    local clock = redis.call("TIME")
    local clock_us = clock[1] * 1000000 + clock[2]
    local now_ms = math.floor(clock_us / 1000)

    if state and not (runner and stored_hash) then
      error({ err = "CORRUPT state" })
    end
    if state and stored_hash ~= payload_hash then
      local before = redis.call("SET", request_owner, "mismatch", "NX", "GET", "PX", REMEMBERED_MS)
      if before and before ~= "mismatch" and runner ~= owner then
        return "ended"
      end
      return "mismatch"
    end
    if state == "done" then
      local reply = redis.call("HGET", request, "reply")
      if not reply then
        error({ err = "CORRUPT reply" })
      end
      return "replay", false, false, false, reply
    end
    if state then
      if state ~= "running" or not lease_ends_ms or not fence then
        error({ err = "CORRUPT state" })
      end
      local is_running = now_ms < lease_ends_ms
      if runner == owner then
        if is_running then
          return "run", fence or false, lease_ends_ms or false, 1
        end
        -- The record is kept longer than its owner, so this answer is remembered too.
        redis.call("SET", request_owner, "ended", "NX", "GET", "PX", REMEMBERED_MS)
        return "ended"
      end
      if is_running then
        if attempt_ended(request_owner, waits) then
          return "ended"
        end
        return "busy", false, false, false, false, math.min(lease_ends_ms - now_ms, MAX_RETRY_AFTER_MS), fence
      end
    end

    local new_fence = math.max(clock_us, (fence or 0) + 1)
    local new_lease_ends_ms = now_ms + lease_ms
    local fence_text = string.format("%d", new_fence)
    local lease_ends_text = string.format("%d", new_lease_ends_ms)
    local remembered_until = string.format("%d", new_lease_ends_ms + REMEMBERED_MS)
    if redis.call("SET", request_owner, fence_text, "NX", "GET", "PXAT", remembered_until) then
      return "ended"
    end
    redis.call(
      "HSET",
      request,
      "state",
      "running",
      "owner",
      owner,
      "fence",
      fence_text,
      "payload_hash",
      payload_hash,
      "lease_ends_ms",
      lease_ends_text
    )
    redis.call("PEXPIREAT", request, string.format("%d", new_lease_ends_ms + KEPT_AFTER_LEASE_MS))
    return "run", new_fence or false, new_lease_ends_ms or false, 0
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
-- all calls as a flat list in MessagePack, 7 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3, reply_4, reply_5, reply_6, reply_7 =
    xpcall(wrapper_call, wrapper_failed)
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
  wrapper_values[wrapper_at + 7] = reply_7 or false
  wrapper_at = wrapper_at + 7
  wrapper_keys = wrapper_keys + 2
  wrapper_arguments = wrapper_arguments + 3
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
