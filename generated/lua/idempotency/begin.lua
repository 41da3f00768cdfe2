#!lua
-- idempotency.begin 1.0.1. Generated from lua/idempotency/begin.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stop.lua:
--- Stops the script before it writes, with an error that names the script's own line.
local function stop(code, what, level)
  -- Redis adds the line on which error() stands, which is always this file's. The script's own line is what helps, and
  -- only error() with a level can tell it: one that is caught at once gives "user_script:<line>: ".
  local _, line = pcall(error, "", level + 2)
  error({ err = code .. " " .. what .. " at " .. string.gsub(line, ": $", "") })
end

-- From lua/lib/corrupt.lua:
--- Stops the script before it writes: what is stored is not what the keyspace says.
local function corrupt(what, level)
  stop("CORRUPT", what, (level or 1) + 1)
end

-- From lua/lib/next_number.lua:
--- A number above every earlier one: for fencing tokens and batches.
local function next_number(last)
  local clock = redis.call("TIME")
  local now_us = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
  return math.max(now_us, (last or 0) + 1)
end

-- From lua/lib/now_ms.lua:
--- Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/stored_integer.lua:
-- 2^53 - 1: above it a number of Lua is no longer exact.
local MOST_EXACT = 9007199254740991

--- Reads an integer that a script stored earlier; anything else, or one out of bounds, stops the script.
local function stored_integer(value, what, least, greatest)
  if not value then
    return nil
  end
  local number = string.find(value, "^-?%d+$") and tonumber(value)
  if not number or number < (least or 0) or number > (greatest or MOST_EXACT) then
    corrupt(what, 2)
  end
  return number
end

-- From lua/idempotency/begin.lua:
-- A record outlives its lease, so that the next fence is higher and another fingerprint is noticed.
local KEPT_AFTER_LEASE_MS = 86400000

--- Asks whether to run a request: run it, replay its reply, wait for who runs it, or refuse a different one.
local function begin(request, owner, fingerprint, lease_ms)
  local stored = redis.call("HMGET", request, "state", "owner", "fence", "fingerprint", "lease_ends", "reply")
  local state, runner, known_fingerprint, reply = stored[1], stored[2], stored[4], stored[6]
  local fence = stored_integer(stored[3], "fence")
  local lease_ends = stored_integer(stored[5], "lease_ends")
  local now = now_ms()

  if state then
    if known_fingerprint ~= fingerprint then
      return "mismatch"
    end
    if state == "done" then
      if not reply then
        corrupt("reply")
      end
      return "replay", nil, reply
    end
    if state ~= "running" or not lease_ends or not fence then
      corrupt("state")
    end
    if runner ~= owner and now < lease_ends then
      return "busy", nil, nil, lease_ends - now
    end
  end

  local new_fence = next_number(fence)
  local new_lease_ends = now + lease_ms
  if state and runner == owner then
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
    "fingerprint",
    fingerprint
  )
  redis.call("HSET", request, "lease_ends", new_lease_ends)
  redis.call("PEXPIREAT", request, new_lease_ends + KEPT_AFTER_LEASE_MS)
  return "run", new_fence
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT idempotency.begin " .. argument .. ": expected " .. expected })
end

local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end

local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end

local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 1 or #ARGV ~= 3 then
  return redis.error_reply("ARGUMENT idempotency.begin expected 1 key and 3 arguments")
end
local arg_owner = wrapper_read_text("owner", ARGV[1], 1, 256, "[%c{}]", "no control characters and no braces")
local arg_fingerprint =
  wrapper_read_text("fingerprint", ARGV[2], 1, 128, "[%c{}]", "no control characters and no braces")
local arg_lease_ms = wrapper_read_integer("lease_ms", ARGV[3], 1, 31622400000)
local reply_outcome, reply_fence, reply_reply, reply_retry_after_ms =
  begin(KEYS[1], arg_owner, arg_fingerprint, arg_lease_ms)
return {
  reply_outcome,
  wrapper_encode_optional(reply_fence),
  wrapper_encode_optional(reply_reply),
  wrapper_encode_optional(reply_retry_after_ms),
}
