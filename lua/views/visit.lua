--- Notes the viewers of a product in a period, such as a day. Each viewer counts once.
---
---@version 1.0.0
---@param viewers_key key.viewers write
---@param viewers id[] the people who viewed the product
---@param remember_ms remember_ms how long the viewers are stored after the last visit
---@return "noted" outcome noted: the viewers are stored
---@cost O(V), V the given viewers
---@resend safe a viewer counts once
---
---@example Two people view a product.
---  call   period=2026-11-27 viewers=["ada","bob"] remember_ms=60000
---  reply  outcome=noted
---  then   PFCOUNT {viewers} = 2
---@example A viewer who comes again counts once.
---  given  PFADD {viewers} ada
---  call   period=2026-11-27 viewers=["ada"] remember_ms=60000
---  reply  outcome=noted
---  then   PFCOUNT {viewers} = 1
---@example A key that is not a HyperLogLog is an error, and nothing is written.
---  given  SET {viewers} many
---  call   period=2026-11-27 viewers=["ada"] remember_ms=60000
---  error  WRONGTYPE
local function visit(viewers_key, viewers, remember_ms)
  -- at most 1000 viewers
  redis.call("PFADD", viewers_key, unpack(viewers))
  redis.call("PEXPIRE", viewers_key, remember_ms)
  return "noted"
end

return visit
