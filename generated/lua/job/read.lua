#!lua flags=no-writes
-- job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/job/read.lua:
--- Reads how a job's last run went, or that it runs.
local function read(status)
  local stored = redis.call("HMGET", status, "state", "started", "ended", "note")
  local state = stored[1]
  if not state then
    return "never"
  end
  if state ~= "running" and state ~= "done" and state ~= "failed" then
    corrupt("state")
  end
  local started = stored_integer(stored[2], "started")
  local ended = stored_integer(stored[3], "ended")
  if not started then
    corrupt("started")
  elseif state == "running" then
    return "running", started, math.max(now_ms() - started, 0)
  elseif not ended then
    corrupt("ended")
  end
  local ran_ms = math.max(ended - started, 0)
  if state == "done" then
    return "done", started, ran_ms, stored[4] or nil
  end
  return "failed", started, ran_ms, stored[4] or nil
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end

if #KEYS ~= 1 or #ARGV ~= 0 then
  return redis.error_reply("ARGUMENT job.read expected 1 key and 0 arguments")
end
local reply_outcome, reply_started_ms, reply_ran_ms, reply_note = read(KEYS[1])
return {
  reply_outcome,
  wrapper_encode_optional(reply_started_ms),
  wrapper_encode_optional(reply_ran_ms),
  wrapper_encode_optional(reply_note),
}
