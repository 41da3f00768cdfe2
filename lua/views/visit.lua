--- Notes that people viewed a product in a period, such as a day, each once however often they come.
---
---@version 1.0.0
---@param seen key.viewers write
---@param viewers id[] who viewed it
---@param remember_ms remember_ms how long the period is known after its last viewer
---@return "noted" outcome
---@cost O(V), V the viewers given
---@resend safe somebody noted before is noted once
---
---@example Two people view a product.
---  call   period=2026-11-27 viewers=["ada","bob"] remember_ms=60000
---  reply  outcome=noted
---  then   PFCOUNT {viewers} = 2
---@example Somebody who comes again is counted once.
---  given  PFADD {viewers} ada
---  call   period=2026-11-27 viewers=["ada"] remember_ms=60000
---  reply  outcome=noted
---  then   PFCOUNT {viewers} = 1
---@example A key that counts nobody is refused, and nothing is written.
---  given  SET {viewers} many
---  call   period=2026-11-27 viewers=["ada"] remember_ms=60000
---  error  WRONGTYPE
local function visit(seen, viewers, remember_ms)
  -- at most 1000 viewers
  redis.call("PFADD", seen, unpack(viewers))
  redis.call("PEXPIRE", seen, remember_ms)
  return "noted"
end

return visit
