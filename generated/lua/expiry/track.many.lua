#!lua
-- expiry.track 1.0.0. Generated from lua/expiry/track.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 64 calls in one run. An error ends only its own call.

-- From lua/lib/expiry/attempts_text.lua:
--- The text of an item in `attempts`, as stored_attempts reads it.
local function attempts_text(count, again_ms, since_ms)
  local since = since_ms and string.format(" since %d", since_ms) or ""
  if again_ms then
    return string.format("%d again %d%s", count, again_ms, since)
  end
  return string.format("%d%s", count, since)
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

-- From lua/lib/expiry/earlier_due.lua:
--- Computes the time that a shard must get in the index of its slot, because an item will be due.
local function earlier_due(slot_queue, member, due, processing, due_ms)
  local known = redis.call("ZSCORE", slot_queue, member)
  if known then
    return tonumber(known) > due_ms and due_ms or nil
  end
  local first = redis.call("ZRANGE", due, "0", "0", "WITHSCORES")
  local leased = redis.call("ZRANGE", processing, "0", "0", "WITHSCORES")
  local first_ms = stored_integer(first[2] or false, "due") or due_ms
  local ends_ms = stored_integer(leased[2] or false, "processing") or due_ms
  return math.min(due_ms, first_ms, ends_ms)
end

-- From lua/lib/now_ms.lua:
--- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
local function now_ms()
  local clock = redis.call("TIME")
  return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
end

-- From lua/lib/expiry/note_due.lua:
--- Writes into the index of the slot that a shard is due at a time, as earlier_due computed it.
local function note_due(slot_queue, member, earlier_ms)
  -- The clock of a worker may be so far ahead of Redis's clock, or behind it.
  local CLOCK_ERROR_MS = 1000
  local earlier_text = string.format("%d", earlier_ms)
  redis.call("ZADD", slot_queue, earlier_text, member)
  if redis.call("ZCOUNT", slot_queue, now_ms() + CLOCK_ERROR_MS, earlier_ms - 1) == 0 then
    redis.call("PUBLISH", slot_queue, earlier_text)
  end
end

-- From lua/lib/slot_member.lua:
--- The name of a key's owner in the indexes of its slot: the text of the key's hash tag, such as
--- `acme:lamp`.
local function slot_member(key)
  return string.match(key, "{(.*)}") or ""
end

-- From lua/lib/expiry/stored_attempts.lua:
--- Reads the text of an item in `attempts`: the number of its claims, and what track noted.
local function stored_attempts(text)
  if not text or not string.find(text, " ", 1, true) then
    return stored_integer(text, "attempts")
  end
  local count, rest = string.match(text, "^(%d+)( .+)$")
  local again = string.match(rest or "", "^ again (%d+)")
  local since = string.match(rest or "", "^ since (%d+)$")
    or string.match(rest or "", "^ again %d+ since (%d+)$")
  local read = (again and " again " .. again or "") .. (since and " since " .. since or "")
  if read ~= rest then
    error({ err = "CORRUPT attempts" })
  end
  return stored_integer(count or false, "attempts"),
    stored_integer(again or false, "attempts"),
    stored_integer(since or false, "attempts")
end

-- From lua/expiry/track.lua:
-- The horizon of late calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local HORIZON_MS = 660000

-- Generated: KEYS has the keys of all calls, one call after the other. The element of ARGV has their
-- arguments, as a flat list in MessagePack.
local wrapper_calls = #KEYS / 7
local wrapper_fits, wrapper_argv = pcall(cmsgpack.unpack, ARGV[1])
wrapper_fits = wrapper_fits and #ARGV == 1 and type(wrapper_argv) == "table"
if
  not wrapper_fits
  or wrapper_calls < 1
  or wrapper_calls > 64
  or wrapper_calls % 1 ~= 0
  or #wrapper_argv ~= 4 * wrapper_calls
then
  return { err = "ARGUMENT expiry.track expected 1 to 64 calls, each with 7 keys and 4 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys and arguments stand before those of the call that runs.
local wrapper_keys, wrapper_arguments = 0, 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  local arg_item = wrapper_argv[wrapper_arguments + 1]
  if arg_item == "" or #arg_item > 256 then
    return { err = "ARGUMENT expiry.track item: expected 1 to 256 bytes" }
  end
  if string.find(arg_item, "[%c{}]") then
    return { err = "ARGUMENT expiry.track item: expected no control characters and no braces" }
  end
  local arg_due_ms = tonumber(wrapper_argv[wrapper_arguments + 2])
  if wrapper_argv[wrapper_arguments + 2] ~= "" then
    if not arg_due_ms or arg_due_ms < 0 or arg_due_ms > 8640000000000000 or arg_due_ms % 1 ~= 0 then
      return { err = "ARGUMENT expiry.track due_ms: expected a whole number from 0 to 8640000000000000" }
    end
  end
  local arg_debounce_ms = tonumber(wrapper_argv[wrapper_arguments + 3])
  if wrapper_argv[wrapper_arguments + 3] ~= "" then
    if
      not arg_debounce_ms
      or arg_debounce_ms < 1
      or arg_debounce_ms > 31622400000
      or arg_debounce_ms % 1 ~= 0
    then
      return { err = "ARGUMENT expiry.track debounce_ms: expected a whole number from 1 to 31622400000" }
    end
  end
  local arg_max_wait_ms = tonumber(wrapper_argv[wrapper_arguments + 4])
  if wrapper_argv[wrapper_arguments + 4] ~= "" then
    if
      not arg_max_wait_ms
      or arg_max_wait_ms < 1
      or arg_max_wait_ms > 31622400000
      or arg_max_wait_ms % 1 ~= 0
    then
      return { err = "ARGUMENT expiry.track max_wait_ms: expected a whole number from 1 to 31622400000" }
    end
  end

  --- Sets the instant at which an item is due. It replaces an earlier instant.
  do
    local due, processing, attempts, dead, reasons, slot_queue, expiry_operation, item, due_ms, debounce_ms, max_wait_ms =
      KEYS[wrapper_keys + 1],
      KEYS[wrapper_keys + 2],
      KEYS[wrapper_keys + 3],
      KEYS[wrapper_keys + 4],
      KEYS[wrapper_keys + 5],
      KEYS[wrapper_keys + 6],
      KEYS[wrapper_keys + 7],
      arg_item,
      arg_due_ms,
      arg_debounce_ms,
      arg_max_wait_ms
    local what
    if due_ms and not debounce_ms and not max_wait_ms then
      what = string.format("%d %s", due_ms, item)
    elseif not due_ms and debounce_ms and max_wait_ms and max_wait_ms >= debounce_ms then
      what = string.format("debounce %d %d %s", debounce_ms, max_wait_ms, item)
    else
      error({
        err = "ARGUMENT expiry.track due_ms: pass it alone, or debounce_ms and a max_wait_ms not below it",
      })
    end

    local lease_ends_ms = stored_integer(redis.call("ZSCORE", processing, item), "processing")
    local claimed = lease_ends_ms and lease_ends_ms >= now_ms()
    local abandoned = lease_ends_ms and not claimed
    local is_dead = redis.call("ZSCORE", dead, item)
    local count, since_ms, _
    if lease_ends_ms or debounce_ms then
      count, _, since_ms = stored_attempts(redis.call("HGET", attempts, item))
    end
    if is_dead then
      count, since_ms = 0, nil
      -- Type checks only: WRONGTYPE must come before the first write, because Redis does not roll back.
      redis.call("HLEN", reasons)
      redis.call("HLEN", attempts)
    end
    if debounce_ms then
      local now = now_ms()
      -- Now, if the stored trigger is ahead of the clock.
      since_ms = math.min(since_ms or now, now)
      due_ms = math.min(now + debounce_ms, since_ms + max_wait_ms)
      if (count or 0) > 0 then
        -- A claimed item is not in due.
        local retry_ms = stored_integer(redis.call("ZSCORE", due, item), "due")
        due_ms = math.max(due_ms, retry_ms or 0)
      end
    end
    local member, earlier_ms
    if not claimed then
      member = slot_member(due)
      earlier_ms = earlier_due(slot_queue, member, due, processing, due_ms)
    end
    -- ZCARD proves the type before the first write.
    redis.call("ZCARD", due)

    local outcome = claimed and "track again " or "track tracked "
    local first = redis.call("SET", expiry_operation, outcome .. what, "NX", "GET", "PX", HORIZON_MS)
    if first then
      return first == "track tracked " .. what and "tracked"
        or first == "track again " .. what and "again"
        or "mismatch"
    end
    if claimed then
      redis.call("HSET", attempts, item, attempts_text(count or 1, due_ms, since_ms))
      return "again"
    end
    redis.call("ZADD", due, string.format("%d", due_ms), item)
    if earlier_ms then
      note_due(slot_queue, member, earlier_ms)
    end
    if abandoned then
      redis.call("ZREM", processing, item)
      redis.call("HSET", attempts, item, attempts_text(count or 1, nil, since_ms))
    elseif debounce_ms then
      redis.call("HSET", attempts, item, attempts_text(count or 0, nil, since_ms))
    elseif is_dead then
      redis.call("HDEL", attempts, item)
    end
    if is_dead then
      redis.call("ZREM", dead, item)
      redis.call("HDEL", reasons, item)
    end
    return "tracked"
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
-- all calls as a flat list in MessagePack, 1 value for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_at = wrapper_at + 1
  wrapper_keys = wrapper_keys + 7
  wrapper_arguments = wrapper_arguments + 4
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
