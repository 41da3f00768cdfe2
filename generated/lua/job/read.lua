#!lua flags=no-writes
-- job.read 1.0.0. Generated from lua/job/read.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT job.read expected 1 key and 0 arguments" }
end

-- From lua/job/read.lua:
--- Reads the state of the last run of a job.
do
  local job = KEYS[1]
  local stored = redis.call("HMGET", job, "state", "started", "ended", "note")
  local state = stored[1]
  if not state then
    return "never"
  end
  if state ~= "running" and state ~= "done" and state ~= "failed" then
    error({ err = "CORRUPT state" })
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
  local started = stored_integer(stored[2], "started")
  local ended = stored_integer(stored[3], "ended")
  if not started then
    error({ err = "CORRUPT started" })
  elseif state == "running" then
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local reply_outcome, reply_started_ms, reply_ran_ms, reply_note =
      "running", started, math.max(now_ms() - started, 0)
    return { reply_outcome, reply_started_ms or false, reply_ran_ms or false, reply_note or false }
  elseif not ended then
    error({ err = "CORRUPT ended" })
  end
  local ran_ms = math.max(ended - started, 0)
  if state == "done" then
    return { "done", started or false, ran_ms or false, stored[4] or nil }
  end
  return { "failed", started or false, ran_ms or false, stored[4] or nil }
end
