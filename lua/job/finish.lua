local corrupt = require("lib.corrupt")
local now_ms = require("lib.now_ms")

--- Records how a run of a job ended.
---
---@version 1.0.0
---@param job key.job write
---@param run id as given to start
---@param state "done"|"failed" how the run ended
---@param note note? the result, or the reason of the failure
---@return "finished"|"stale" outcome finished: the result is recorded, now or by an earlier call;
---   stale: another run has started since, or this run never started
---@cost O(1)
---@oom runs otherwise a run that has ended would still be shown as running
---@resend safe a finished run keeps its first result
---@role worker
---
---@example A run ends.
---  given  HSET {job} run run-1 fence 7 state running started {now-1000}
---  call   run=run-1 state=done note="12 offers"
---  reply  outcome=finished
---  then   HMGET {job} state note = done "12 offers"
---@example A run that another run has replaced records nothing.
---  given  HSET {job} run run-2 fence 8 state running started {now-1000}
---  call   run=run-1 state=done
---  reply  outcome=stale
---@example A state that no script writes is an error, and nothing is written.
---  given  HSET {job} run run-1 fence 7 state lost started {now-1000}
---  call   run=run-1 state=failed
---  error  CORRUPT state
local function finish(job, run, state, note)
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

return finish
