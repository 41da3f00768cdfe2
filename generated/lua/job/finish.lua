#!lua flags=allow-oom
-- job.finish 2.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.

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
    corrupt("state")
  end
  local ended = string.format("%d", now_ms())
  if note then
    redis.call("HSET", job, "state", state, "ended", ended, "note", note)
  else
    redis.call("HSET", job, "state", state, "ended", ended)
  end
  return "finished"
end
