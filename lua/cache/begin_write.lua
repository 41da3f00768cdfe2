local check_hex = require("lib.cache.check_hex")
local lease_of = require("lib.cache.lease_of")
local now_ms = require("lib.now_ms")

-- So many writers may change the source of one entry at a time.
local MAX_WRITERS = 64
-- The upper bound of the type epoch_ms.
local MAX_EPOCH_MS = 8640000000000000

--- Removes an entry before its source is changed. Until the end of the write, no load fills it.
---
---@version 1.0.0
---@param cache_entry key.cache_entry write
---@param cache_lease key.cache_lease write
---@param cache_block key.cache_block write
---@param writer fill_id a new one for each write
---@param block_ms ms longer than the write takes; if the writer dies, its block ends then
---@return "begun"|"full" outcome full: 64 other writers change the source now
---@cost O(W), W the writers at this time, at most 64
---@resend never a second run after the end of the block could let the writer set an old value
---
---@example The first writer may set its value at the end.
---  given  SET {cache_entry} "1j- 9999999999999 0123456789ab 9b1e64d02a77.5d0c31aa\n{}" PX 600000
---  call   writer=aaaaaaaaaaaa block_ms=5000
---  reply  outcome=begun
---  then   HGET {cache_block} setter = aaaaaaaaaaaa
---  then   EXISTS {cache_entry} = 0
---@example With a second writer, none of the two may set its value.
---  given  HSET {cache_block} writer:bbbbbbbbbbbb {now+10000} setter bbbbbbbbbbbb
---  call   writer=aaaaaaaaaaaa block_ms=5000
---  reply  outcome=begun
---  then   HEXISTS {cache_block} setter = 0
---  then   HLEN {cache_block} = 2
---@example A writer that died is forgotten.
---  given  HSET {cache_block} writer:bbbbbbbbbbbb {now-1} setter bbbbbbbbbbbb
---  call   writer=aaaaaaaaaaaa block_ms=5000
---  reply  outcome=begun
---  then   HGET {cache_block} setter = aaaaaaaaaaaa
---  then   HLEN {cache_block} = 2
---@example A block that no script writes is an error.
---  given  HSET {cache_block} writer:bbbbbbbbbbbb soon
---  call   writer=aaaaaaaaaaaa block_ms=5000
---  error  CORRUPT block of a cache entry
local function begin_write(cache_entry, cache_lease, cache_block, writer, block_ms)
  check_hex("writer", writer)
  local _, waited = lease_of(redis.call("GET", cache_lease))
  -- Type check only: WRONGTYPE must come before the first write.
  redis.call("STRLEN", cache_entry)
  local now = now_ms()
  -- Each writer has two elements. `setter` and `settle` have two more each.
  if redis.call("HLEN", cache_block) > MAX_WRITERS + 2 then
    error({ err = "CORRUPT block of a cache entry" })
  end
  local fields = redis.call("HGETALL", cache_block)
  local own, others, ended, block_ends_ms = "writer:" .. writer, 0, {}, now + block_ms
  local is_repeated = false
  -- at most 66 fields
  for at = 1, #fields, 2 do
    local name = fields[at]
    if name ~= "setter" then
      local ends_ms = tonumber(fields[at + 1])
      if not ends_ms or ends_ms < 0 or ends_ms > MAX_EPOCH_MS or ends_ms % 1 ~= 0 then
        error({ err = "CORRUPT block of a cache entry" })
      end
      block_ends_ms = math.max(block_ends_ms, ends_ms)
      if name == own then
        is_repeated = true
      elseif ends_ms <= now then
        ended[#ended + 1] = name
      elseif name ~= "settle" then
        others = others + 1
      end
    end
  end
  if others >= MAX_WRITERS then
    return "full"
  end

  if not is_repeated then
    redis.call("HSET", cache_block, own, string.format("%d", now + block_ms))
    if others == 0 then
      redis.call("HSET", cache_block, "setter", writer)
    else
      ended[#ended + 1] = "setter"
    end
    redis.call("PEXPIREAT", cache_block, string.format("%d", block_ends_ms))
    if #ended > 0 then
      -- at most 67 items
      -- moonpath-allow order/touch-after-remove: the time is ahead, so the key exists
      redis.call("HDEL", cache_block, unpack(ended))
    end
  end
  redis.call("UNLINK", cache_entry)
  redis.call("UNLINK", cache_lease)
  if waited then
    redis.call("PUBLISH", cache_lease, "invalidated")
  end
  return "begun"
end

return begin_write
