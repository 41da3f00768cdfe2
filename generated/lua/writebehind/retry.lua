#!lua flags=allow-oom
-- writebehind.retry 1.0.0. Generated from lua/writebehind/retry.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 4 then
  return { err = "ARGUMENT writebehind.retry expected 2 keys and 4 arguments" }
end
local arg_batch = tonumber(ARGV[1])
if not arg_batch or arg_batch < 0 or arg_batch > 9007199254740991 or arg_batch % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.retry batch: expected a whole number from 0 to 9007199254740991" }
end
local arg_attempts = tonumber(ARGV[2])
if not arg_attempts or arg_attempts < 0 or arg_attempts > 9007199254740991 or arg_attempts % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.retry attempts: expected a whole number from 0 to 9007199254740991" }
end
local arg_delay_ms = tonumber(ARGV[3])
if not arg_delay_ms or arg_delay_ms < 0 or arg_delay_ms > 8640000000000000 or arg_delay_ms % 1 ~= 0 then
  return { err = "ARGUMENT writebehind.retry delay_ms: expected a whole number from 0 to 8640000000000000" }
end
local arg_reason = ARGV[4]
if arg_reason == "" or #arg_reason > 1000 then
  return { err = "ARGUMENT writebehind.retry reason: expected 1 to 1000 bytes" }
end

-- From lua/writebehind/retry.lua:
--- Notes that an attempt to bring a batch to the database has failed, and when the next one may come.
do
  local write_batch, write_state, batch, attempts, delay_ms, reason =
    KEYS[1], KEYS[2], arg_batch, arg_attempts, arg_delay_ms, arg_reason
  -- The upper bound of the type epoch_ms.
  local MAX_EPOCH_MS = 8640000000000000
  -- The upper bound of the type attempt_count.
  local MAX_ATTEMPTS = 9007199254740991
  local state = redis.call("HMGET", write_state, "batch", "attempts")
  local last_batch = stored_integer(state[1], "write-state")
  local made = stored_integer(state[2], "write-state", 0, MAX_ATTEMPTS - 1) or 0
  if redis.call("HLEN", write_batch) == 0 or batch ~= last_batch or attempts ~= made then
    return "over"
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  redis.call(
    "HSET",
    write_state,
    "attempts",
    string.format("%d", made + 1),
    "retry_at_ms",
    string.format("%d", math.min(now_ms() + delay_ms, MAX_EPOCH_MS)),
    "reason",
    reason
  )
  return "noted"
end
