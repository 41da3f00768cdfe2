#!lua flags=allow-oom
-- job.finish 1.0.0. Generated from lua/job/finish.lua by moonpath-codegen. DO NOT EDIT.

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

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 3 then
  return { err = "ARGUMENT job.finish expected 1 key and 3 arguments" }
end
local arg_run = ARGV[1]
if arg_run == "" or #arg_run > 256 then
  return { err = "ARGUMENT job.finish run: expected 1 to 256 bytes" }
end
if string.find(arg_run, "[%c{}]") then
  return { err = "ARGUMENT job.finish run: expected no control characters and no braces" }
end
local arg_state = ARGV[2]
if arg_state ~= "done" and arg_state ~= "failed" then
  return { err = "ARGUMENT job.finish state: expected one of its choices" }
end
local arg_note = ARGV[3]
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
  local job, run, state, note = KEYS[1], arg_run, arg_state, arg_note
  local stored = redis.call("HMGET", job, "run", "state")
  local stored_state = stored[2]
  if stored[1] ~= run then
    return "stale"
  end
  if stored_state == "done" or stored_state == "failed" then
    return "finished"
  elseif stored_state ~= "running" then
    corrupt("state")
  end
  redis.call("HSET", job, "state", state, "ended", now_ms())
  if note then
    redis.call("HSET", job, "note", note)
  end
  return "finished"
end
