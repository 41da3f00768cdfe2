local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

--- Records how a run of a job ended.
---
---@version 1.0.0
---@param job key.job write
---@param fence fence as given to start
---@param number sequence as given to start
---@param state "done"|"failed" how the run ended
---@param note note? the result, or the reason of the failure
---@return "finished"|"stale" outcome finished: the result is recorded, now or by an earlier call;
---   stale: a later run has started, or this run never started
---@cost O(1)
---@oom runs otherwise a run that has ended would still be shown as running
---@resend safe a finished run keeps its first result, and a call of an earlier run changes nothing
---@role worker
---
---@example A run ends.
---  given  HSET {job} fence 7 number 1 state running started {now-1000}
---  call   fence=7 number=1 state=done note="12 offers"
---  reply  outcome=finished
---  then   HMGET {job} state note = done "12 offers"
---@example A run that a later run has replaced records nothing.
---  given  HSET {job} fence 7 number 2 state running started {now-1000}
---  call   fence=7 number=1 state=done
---  reply  outcome=stale
---@example A state that no script writes is an error, and nothing is written.
---  given  HSET {job} fence 7 number 1 state lost started {now-1000}
---  call   fence=7 number=1 state=failed
---  error  CORRUPT state
local function finish(job, fence, number, state, note)
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
  local ended = string.format("%d", now_ms())
  if note then
    redis.call("HSET", job, "state", state, "ended", ended, "note", note)
  else
    redis.call("HSET", job, "state", state, "ended", ended)
  end
  return "finished"
end

return finish
