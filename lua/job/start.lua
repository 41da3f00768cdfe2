local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Records the start of a run of a job.
---
---@version 1.0.1
---@param job key.job write
---@param run id names this run; unique for each run
---@param fence fence of the lock under which the job runs
---@return "started"|"stale" outcome started: the run is recorded; stale: a later run has started
---   since, of a later holder of the lock or of the same one
---@return epoch_ms? started_ms when started: when the run started
---@cost O(1)
---@resend safe the latest run is "started" again, with the same time; a call that arrives after the
---   next run is "stale"
---@role worker
---
---@example A run starts.
---  call   run=run-1 fence=7
---  reply  outcome=started started_ms=*
---  then   HMGET {job} run fence state = run-1 7 running
---@example A runner that has lost its lock starts nothing.
---  given  HSET {job} fence 8 state running started {now-1000}
---  call   run=run-1 fence=7
---  reply  outcome=stale
---@example A late second call does not change the next run.
---  given  HSET {job} run run-2 previous run-1 fence 7 state running started {now-1000}
---  call   run=run-1 fence=7
---  reply  outcome=stale
---@example A corrupt fence is an error, and nothing is written.
---  given  HSET {job} fence eight
---  call   run=run-1 fence=7
---  error  CORRUPT fence
local function start(job, run, fence)
  local stored = redis.call("HMGET", job, "run", "fence", "started", "previous")
  local last_fence = stored_integer(stored[2], "fence")
  local started = stored_integer(stored[3], "started")
  if (last_fence and last_fence > fence) or stored[4] == run then
    return "stale"
  end
  if stored[1] == run and started then
    return "started", started
  end
  local now = now_ms()
  redis.call("HSET", job, "run", run, "fence", fence, "state", "running", "started", now)
  redis.call("HDEL", job, "ended", "note")
  if stored[1] and stored[1] ~= run then
    redis.call("HSET", job, "previous", stored[1])
  end
  return "started", now
end

return start
