local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Reads the state of the last run of a job.
---
---@version 1.0.0
---@param job key.job read
---@return "never"|"running"|"done"|"failed" outcome never: the job has not run yet; running: the
---   last run has not ended; done: the last run succeeded; failed: the last run failed
---@return epoch_ms? started_ms when running|done|failed: when the last run started
---@return wait_ms? ran_ms when running|done|failed: its duration, until now if it is running
---@return note? note sometimes when done|failed: as given to finish
---@cost O(1)
---@resend safe it only reads
---@many 100
---
---@example A job that has run is done.
---  given  HSET {job} fence 7 state done started {now-3000} ended {now-1000} note "12 offers"
---  reply  outcome=done started_ms={now-3000} ran_ms=2000 note="12 offers"
---@example A job that has never run has no times.
---  reply  outcome=never
---@example A corrupt instant is an error.
---  given  HSET {job} fence 7 state done started soon ended {now-1000}
---  error  CORRUPT started
local function read(job)
  local stored = redis.call("HMGET", job, "state", "started", "ended", "note")
  local state = stored[1]
  if not state then
    return "never"
  end
  if state ~= "running" and state ~= "done" and state ~= "failed" then
    error({ err = "CORRUPT state" })
  end
  local started = stored_integer(stored[2], "started")
  local ended = stored_integer(stored[3], "ended")
  if not started then
    error({ err = "CORRUPT started" })
  elseif state == "running" then
    return "running", started, math.max(now_ms() - started, 0)
  elseif not ended then
    error({ err = "CORRUPT ended" })
  end
  local ran_ms = math.max(ended - started, 0)
  if state == "done" then
    return "done", started, ran_ms, stored[4] or nil
  end
  return "failed", started, ran_ms, stored[4] or nil
end

return read
