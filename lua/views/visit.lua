local now_ms = require("lib.now_ms")

--- Notes the viewers of a product in a period, such as a day. Each viewer counts once.
---
--- All calls for a period should name the same end, such as 30 days after the day. Of different
--- ends, the latest one counts.
---
---@version 1.0.0
---@param viewers_key key.viewers write
---@param viewers id[] at most 250: the people who viewed the product
---@param keep_until_ms epoch_ms the end of the time for which the viewers are stored
---@return "noted"|"over" outcome noted: the viewers are stored; over: keep_until_ms has passed, and
---   nothing is stored
---@cost O(V), V the given viewers
---@resend safe for ever, because a viewer counts once, keep_until_ms is an instant, and a call after it
---   stores nothing
---
---@example Two people view a product.
---  call   period=2026-11-27 viewers=["ada","bob"] keep_until_ms={now+60000}
---  reply  outcome=noted
---  then   PFCOUNT {viewers} = 2
---  then   PEXPIRETIME {viewers} = {now+60000}
---@example A viewer who comes again counts once, and an earlier end does not shorten the time.
---  given  PFADD {viewers} ada
---  given  PEXPIREAT {viewers} {now+60000}
---  call   period=2026-11-27 viewers=["ada"] keep_until_ms={now+1000}
---  reply  outcome=noted
---  then   PFCOUNT {viewers} = 1
---  then   PEXPIRETIME {viewers} = {now+60000}
---@example After the end, nothing is stored.
---  call   period=2026-11-27 viewers=["ada"] keep_until_ms={now-1}
---  reply  outcome=over
---  then   EXISTS {viewers} = 0
---@example A key that is not a HyperLogLog is an error, and nothing is written.
---  given  SET {viewers} many
---  call   period=2026-11-27 viewers=["ada"] keep_until_ms={now+60000}
---  error  WRONGTYPE
local function visit(viewers_key, viewers, keep_until_ms)
  if keep_until_ms <= now_ms() then
    return "over"
  end
  if #viewers == 0 then
    return "noted"
  end
  local stored_until = redis.call("PEXPIRETIME", viewers_key)
  -- at most 250 viewers
  redis.call("PFADD", viewers_key, unpack(viewers))
  -- It is negative if the key is new or has no end.
  if stored_until < keep_until_ms then
    redis.call("PEXPIREAT", viewers_key, keep_until_ms)
  end
  return "noted"
end

return visit
