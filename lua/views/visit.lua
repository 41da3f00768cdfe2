local now_ms = require("lib.now_ms")

-- The byte at offset 4 of a HyperLogLog in the sparse encoding, which is at most 3,000 bytes long.
local SPARSE = "\1"

--- Notes the viewers of a product in a period, such as a day. Each viewer counts once.
---
--- All calls for a period should name the same end, such as 30 days after the day. Of different
--- ends, the latest one counts.
---
--- A damaged HyperLogLog is an error INVALIDOBJ, and nothing is written. The repair is to delete the
--- key, which loses the viewers of the period.
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
---@example A damaged HyperLogLog is an error, and nothing is written.
---  given  PFADD {viewers} ada bob
---  given  SETRANGE {viewers} 16 damaged
---  call   period=2026-11-27 viewers=["cleo","dan"] keep_until_ms={now+60000}
---  error  INVALIDOBJ
local function visit(viewers_key, viewers, keep_until_ms)
  if keep_until_ms <= now_ms() then
    return "over"
  end
  if #viewers == 0 then
    return "noted"
  end
  local stored_until = redis.call("PEXPIRETIME", viewers_key)
  -- PFADD may find damage at one viewer after it has stored another. Only the sparse encoding can be
  -- damaged so. PFCOUNT of two keys reads all of the value and writes nothing.
  if #viewers > 1 and redis.call("GETRANGE", viewers_key, 4, 4) == SPARSE then
    redis.call("PFCOUNT", viewers_key, viewers_key)
  end
  -- at most 250 viewers
  -- moonpath-allow order/write-before-check: PFCOUNT of two keys writes nothing
  redis.call("PFADD", viewers_key, unpack(viewers))
  -- It is negative if the key is new or has no end.
  if stored_until < keep_until_ms then
    redis.call("PEXPIREAT", viewers_key, keep_until_ms)
  end
  return "noted"
end

return visit
