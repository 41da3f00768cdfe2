#!lua flags=allow-oom
-- job.finish 1.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.

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
if #KEYS ~= 1 or #ARGV ~= 4 then
  return { err = "ARGUMENT job.finish expected 1 key and 4 arguments" }
end
local arg_fence = tonumber(ARGV[1])
if not arg_fence or arg_fence < 1 or arg_fence > 9007199254740991 or arg_fence % 1 ~= 0 then
  return { err = "ARGUMENT job.finish fence: expected a whole number from 1 to 9007199254740991" }
end
local arg_number = tonumber(ARGV[2])
if not arg_number or arg_number < 0 or arg_number > 9007199254740991 or arg_number % 1 ~= 0 then
  return { err = "ARGUMENT job.finish number: expected a whole number from 0 to 9007199254740991" }
end
local arg_state = ARGV[3]
if arg_state ~= "done" and arg_state ~= "failed" then
  return { err = "ARGUMENT job.finish state: expected one of its choices" }
end
local arg_note = ARGV[4]
if arg_note == "" then
  arg_note = nil
else
  if arg_note == "" or #arg_note > 1000 then
    return { err = "ARGUMENT job.finish note: expected 1 to 1000 bytes" }
  end
end

-- From lua/job/finish.lua:
--- Records how a run of a job ended.
do
  local job, fence, number, state, note = KEYS[1], arg_fence, arg_number, arg_state, arg_note
  local stored = redis.call("HMGET", job, "fence", "number", "state")
  local stored_state = stored[3]
  if stored_integer(stored[1], "fence") ~= fence or stored_integer(stored[2], "number") ~= number then
    return "stale"
  end
  if stored_state == "done" or stored_state == "failed" then
    return "finished"
  elseif stored_state ~= "running" then
    error({ err = "CORRUPT state" })
  end
  -- From lua/lib/now_ms.lua:
  --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
  local function now_ms()
    local clock = redis.call("TIME")
    return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  end
  local ended = string.format("%d", now_ms())
  if note then
    redis.call("HSET", job, "state", state, "ended", ended, "note", note)
  else
    redis.call("HSET", job, "state", state, "ended", ended)
  end
  return "finished"
end
