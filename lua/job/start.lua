local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Records the start of a run of a job.
---
--- A run is known by its fence and its number. Later runs have a higher fence, or the same fence and
--- a higher number.
---
---@version 1.0.0
---@param job key.job write
---@param fence fence of the lock under which the job runs
---@param number sequence of this run; higher for each later run under the same fence
---@return "started"|"stale" outcome started: the run is recorded; stale: a later run has started
---   since, and nothing has changed
---@return epoch_ms? started_ms when started: when the run started
---@cost O(1)
---@resend safe the latest run is "started" again, with the same time; a call that arrives after a
---   later run is "stale", however late it is
---@role worker
---
---@example A run starts.
---  call   fence=7 number=1
---  reply  outcome=started started_ms=*
---  then   HMGET {job} fence number state = 7 1 running
---@example A runner that has lost its lock starts nothing.
---  given  HSET {job} fence 8 number 1 state running started {now-1000}
---  call   fence=7 number=5
---  reply  outcome=stale
---@example A late call of an earlier run does not change a later one.
---  given  HSET {job} fence 7 number 3 state running started {now-1000}
---  call   fence=7 number=1
---  reply  outcome=stale
---@example A corrupt fence is an error, and nothing is written.
---  given  HSET {job} fence eight
---  call   fence=7 number=1
---  error  CORRUPT fence
local function start(job, fence, number)
  local stored = redis.call("HMGET", job, "fence", "number", "started")
  local last_fence = stored_integer(stored[1], "fence") or 0
  local last_number = stored_integer(stored[2], "number") or 0
  local started = stored_integer(stored[3], "started")
  if last_fence > fence or (last_fence == fence and last_number > number) then
    return "stale"
  end
  if last_fence == fence and last_number == number and started then
    return "started", started
  end
  local now = now_ms()
  redis.call(
    "HSET",
    job,
    "fence",
    fence,
    "number",
    number,
    "state",
    "running",
    "started",
    string.format("%d", now)
  )
  -- Last, because no command may touch a key after a removal: on a slot that migrates it would fail.
  redis.call("HDEL", job, "ended", "note")
  return "started", now
end

return start
