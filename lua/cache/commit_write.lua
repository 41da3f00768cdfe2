local lease_of = require("lib.cache.lease_of")
local leave_block = require("lib.cache.leave_block")
local new_entry = require("lib.cache.new_entry")

--- Ends a write, and stores the new value if this writer was the only one since it began and no
--- invalidation came. Otherwise the entry is removed.
---
---@version 1.0.0
---@param cache_entry key.cache_entry write
---@param cache_lease key.cache_lease write
---@param cache_block key.cache_block write
---@param writer fill_id as in cache.begin_write
---@param coding entry_coding
---@param tokens entry_tokens the tokens that the tags had before the source was changed
---@param value entry_value what the source has now
---@param fresh_ms wait_ms at most keep_ms counts
---@param keep_ms ms the fresh and the stale time together
---@return "set"|"removed" outcome removed: another writer, an invalidation or the end of the block came
---   between, so the next caller loads
---@cost O(1), plus the length of the value
---@resend never a second run would remove what the first one has stored
---
---@example A writer that was alone sets its value.
---  given  HSET {cache_block} writer:aaaaaaaaaaaa {now+10000} setter aaaaaaaaaaaa
---  call   writer=aaaaaaaaaaaa coding=j- tokens=9b1e64d02a77.5d0c31aa value="{}" fresh_ms=1000 keep_ms=9000
---  reply  outcome=set
---  then   EXISTS {cache_block} = 0
---  then   GETRANGE {cache_entry} 18 -1 = "aaaaaaaaaaaa 9b1e64d02a77.5d0c31aa\n{}"
---@example A writer that was not alone only removes, and the other one keeps its block.
---  given  HSET {cache_block} writer:aaaaaaaaaaaa {now+10000} writer:bbbbbbbbbbbb {now+10000}
---  call   writer=aaaaaaaaaaaa coding=j- tokens=9b1e64d02a77.5d0c31aa value="{}" fresh_ms=1000 keep_ms=9000
---  reply  outcome=removed
---  then   HEXISTS {cache_block} writer:bbbbbbbbbbbb = 1
---  then   EXISTS {cache_entry} = 0
---@example A writer whose block has ended only removes, and a later writer may not set its value.
---  given  SET {cache_entry} "1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  given  HSET {cache_block} writer:bbbbbbbbbbbb {now+10000} setter bbbbbbbbbbbb
---  call   writer=aaaaaaaaaaaa coding=j- tokens=9b1e64d02a77.5d0c31aa value="{}" fresh_ms=1000 keep_ms=9000
---  reply  outcome=removed
---  then   EXISTS {cache_entry} = 0
---  then   HEXISTS {cache_block} setter = 0
local function commit_write(
  cache_entry,
  cache_lease,
  cache_block,
  writer,
  coding,
  tokens,
  value,
  fresh_ms,
  keep_ms
)
  local _, waited = lease_of(redis.call("GET", cache_lease))
  local entry = new_entry(coding, writer, tokens, value, math.min(fresh_ms, keep_ms))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  -- moonpath-allow order/touch-after-remove: of a block that has ended, HDEL removes nothing
  local _, may_set = leave_block(cache_block, writer)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, may_set and "filled" or "invalidated")
  end
  if may_set then
    redis.call("SET", cache_entry, entry, "PX", keep_ms)
    return "set"
  end
  redis.call("UNLINK", cache_entry)
  return "removed"
end

return commit_write
