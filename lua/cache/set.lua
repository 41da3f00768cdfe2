local lease_of = require("lib.cache.lease_of")
local new_entry = require("lib.cache.new_entry")

--- Stores a value that the caller has without a load. A load that began before does not replace it.
---
---@version 1.0.0
---@param cache_entry key.cache_entry write
---@param cache_lease key.cache_lease write
---@param cache_block key.cache_block write
---@param fill_id fill_id a new one in each call
---@param coding entry_coding
---@param tokens entry_tokens the tokens that the tags had before the caller had the value
---@param value entry_value
---@param fresh_ms wait_ms at most keep_ms counts
---@param keep_ms ms the fresh and the stale time together
---@return "set"|"blocked" outcome blocked: somebody changes the source, so the entry was removed instead
---@cost O(1), plus the length of the value
---@resend never a second run could store the value again after an invalidation
---@many 100
---
---@example A value is stored, and the load that runs may not replace it.
---  given  SET {cache_lease} bbbbbbbbbbbb PX 5000
---  call   fill_id=aaaaaaaaaaaa coding=j- tokens=9b1e64d02a77.5d0c31aa value="{}" fresh_ms=1000 keep_ms=9000
---  reply  outcome=set
---  then   EXISTS {cache_lease} = 0
---  then   GETRANGE {cache_entry} 18 -1 = "aaaaaaaaaaaa 9b1e64d02a77.5d0c31aa\n{}"
---@example Under a block the entry is removed, and the writer may not set its value.
---  given  HSET {cache_block} writer:bbbbbbbbbbbb {now+10000} setter bbbbbbbbbbbb
---  given  SET {cache_entry} "1j- 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  call   fill_id=aaaaaaaaaaaa coding=j- tokens=9b1e64d02a77.5d0c31aa value="{}" fresh_ms=1000 keep_ms=9000
---  reply  outcome=blocked
---  then   EXISTS {cache_entry} = 0
---  then   HKEYS {cache_block} = writer:bbbbbbbbbbbb
---@example Tokens on two lines are an error.
---  call   fill_id=aaaaaaaaaaaa coding=j- tokens="9b1e64d02a77.5d0c31aa\n" value="{}"
---         fresh_ms=1000 keep_ms=9000
---  error  ARGUMENT tokens
local function set(cache_entry, cache_lease, cache_block, fill_id, coding, tokens, value, fresh_ms, keep_ms)
  local _, waited = lease_of(redis.call("GET", cache_lease))
  local is_blocked = redis.call("HLEN", cache_block) > 0
  local entry = new_entry(coding, fill_id, tokens, value, math.min(fresh_ms, keep_ms))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, is_blocked and "invalidated" or "filled")
  end
  if is_blocked then
    -- The value of the writer may be older than this one.
    redis.call("HDEL", cache_block, "setter")
    redis.call("UNLINK", cache_entry)
    return "blocked"
  end
  redis.call("SET", cache_entry, entry, "PX", keep_ms)
  return "set"
end

return set
