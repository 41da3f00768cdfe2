--- Tells whether an owner has held what another owner holds now, or has given up.
---
--- An owner that does not wait is over with the reply busy. So it is remembered, and a late copy of
--- its call acquires nothing.
---
---@param owner_key string
---@param waits boolean|nil whether the owner asks again after busy
---@return boolean ended
local function attempt_ended(owner_key, waits)
  -- How long an owner is remembered: the horizon of late calls, 600,000 ms, and 60,000 ms for a
  -- failover to a server with a faster clock.
  local ATTEMPT_REMEMBERED_MS = 660000
  if waits then
    return redis.call("GET", owner_key) ~= false
  end
  local before = redis.call("SET", owner_key, "busy", "NX", "GET", "PX", ATTEMPT_REMEMBERED_MS)
  return before and before ~= "busy"
end

return attempt_ended
