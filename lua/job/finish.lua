local corrupt = require("lib.corrupt")
local now_ms = require("lib.now_ms")

--- Notes how a run of a job ended.
---
---@version 1.0.0
---@param status key.job write
---@param run id as started
---@param state "done"|"failed"
---@param note note? what it did, or why it failed
---@return "finished"|"stale" outcome stale: another run has begun since, or this one never has
---@cost O(1)
---@oom runs a run that is over has to be seen to be over
---@resend safe what is finished stays as it was first told
---@role worker
---
---@example A run has done its work.
---  given  HSET {job} run run-1 fence 7 state running started {now-1000}
---  call   run=run-1 state=done note="12 offers"
---  reply  outcome=finished
---  then   HMGET {job} state note = done "12 offers"
---@example A runner that was overtaken tells nothing.
---  given  HSET {job} run run-2 fence 8 state running started {now-1000}
---  call   run=run-1 state=done
---  reply  outcome=stale
---@example A state that no script writes is named, and nothing is written.
---  given  HSET {job} run run-1 fence 7 state lost started {now-1000}
---  call   run=run-1 state=failed
---  error  CORRUPT state
local function finish(status, run, state, note)
  local stored = redis.call("HMGET", status, "run", "state")
  local before = stored[2]
  if stored[1] ~= run then
    return "stale"
  end
  if before == "done" or before == "failed" then
    return "finished"
  elseif before ~= "running" then
    corrupt("state")
  end
  redis.call("HSET", status, "state", state, "ended", now_ms())
  if note then
    redis.call("HSET", status, "note", note)
  end
  return "finished"
end

return finish
