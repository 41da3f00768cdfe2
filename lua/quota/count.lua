local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local stored_size = require("lib.quota.stored_size")

--- Counts an entry for the quota of its tenant, and says which entries the caller must remove.
---
--- The count is approximate. Each call looks at 8 entries and forgets those that have ended. So of the
--- counted entries, some have ended: at most an eighth of the entries that were filled in one round.
---
---@version 1.0.0
---@param cache_usage key.cache_usage write
---@param cache_sizes key.cache_sizes write
---@param entry id
---@param bytes entry_bytes
---@param keep_ms ms the time until the entry ends
---@param max_entries entry_count? absent: any number
---@param max_bytes entry_bytes? absent: any number
---@param refuses flag an entry above the quota is not counted; otherwise the oldest ones make room
---@return "counted"|"full" outcome full: the entry must not be stored
---@return id[]? evicted when counted: at most 8 entries that must be removed, and are no longer counted
---@cost O(log N), N the entries of the shard
---@resend never a second run could count an entry again that was removed since
---
---@example An entry is counted.
---  call   entry=lamp bytes=300 keep_ms=60000 max_entries=10 refuses=no
---  reply  outcome=counted evicted=[]
---  then   HMGET {cache_sizes} bytes number = 300 1
---@example Above the quota, the oldest entry makes room.
---  given  ZADD {cache_usage} 1 vase 2 rug
---  given  HSET {cache_sizes} =vase "100 {now+60000}" =rug "100 {now+60000}" bytes 200 number 2
---  call   entry=lamp bytes=300 keep_ms=60000 max_entries=2 refuses=no
---  reply  outcome=counted evicted=["vase"]
---  then   ZRANGE {cache_usage} 0 -1 = rug lamp
---@example A tenant that must not evict is full.
---  given  ZADD {cache_usage} 1 vase
---  given  HSET {cache_sizes} =vase "100 {now+60000}" bytes 100 number 1
---  call   entry=lamp bytes=300 keep_ms=60000 max_bytes=399 refuses=yes
---  reply  outcome=full
---  then   ZRANGE {cache_usage} 0 -1 = vase
---@example A wrong size is an error.
---  given  ZADD {cache_usage} 1 vase
---  given  HSET {cache_sizes} =vase large bytes 100 number 1
---  call   entry=lamp bytes=300 keep_ms=60000 refuses=no
---  error  CORRUPT cache-sizes
local function count(cache_usage, cache_sizes, entry, bytes, keep_ms, max_entries, max_bytes, refuses)
  -- A round over all entries takes an eighth of as many fills.
  local MAX_CHECKED = 8
  -- More than one, so that a lower quota is reached.
  local MAX_EVICTED = 8

  local now = now_ms()
  local counted = redis.call("ZCARD", cache_usage)
  local state = redis.call("HMGET", cache_sizes, "bytes", "number", "checked", "=" .. entry)
  -- Without the other key, the sizes are of nothing.
  local sum = counted > 0 and stored_integer(state[1], "cache-sizes") or 0
  local number = stored_integer(state[2], "cache-sizes") or 0
  local checked = stored_integer(state[3], "cache-sizes") or 0
  local old_bytes = stored_size(state[4])
  local is_known = redis.call("ZSCORE", cache_usage, entry) and true or false

  local removed, fields, is_removed = {}, {}, {}
  local function remove(name, size)
    removed[#removed + 1] = name
    fields[#fields + 1] = "=" .. name
    is_removed[name] = true
    counted = counted - 1
    sum = math.max(sum - size, 0)
  end

  local found = redis.call(
    "ZRANGE",
    cache_usage,
    string.format("(%.0f", checked),
    "+inf",
    "BYSCORE",
    "LIMIT",
    "0",
    MAX_CHECKED,
    "WITHSCORES"
  )
  checked = #found == 2 * MAX_CHECKED and tonumber(found[#found]) or 0
  -- at most 8 entries
  for position = 1, #found, 2 do
    local name = found[position]
    local size, ends_ms = stored_size(redis.call("HGET", cache_sizes, "=" .. name))
    if name ~= entry and ends_ms <= now then
      remove(name, size)
    end
  end

  if is_known then
    sum = math.max(sum - old_bytes, 0)
  else
    counted = counted + 1
  end
  sum = sum + bytes
  local function is_over()
    return (max_entries and counted > max_entries) or (max_bytes and sum > max_bytes) or false
  end

  local is_full = refuses and is_over()
  local evicted = {}
  if not refuses and is_over() then
    -- The entry itself, and those that have ended, may be among them.
    local oldest = redis.call("ZRANGE", cache_usage, 0, MAX_CHECKED + MAX_EVICTED)
    -- at most 17 entries
    for position = 1, #oldest do
      local name = oldest[position]
      if #evicted < MAX_EVICTED and name ~= entry and not is_removed[name] and is_over() then
        evicted[#evicted + 1] = name
        remove(name, (stored_size(redis.call("HGET", cache_sizes, "=" .. name))))
      end
    end
  end

  if is_full then
    -- An older value of the entry may still be stored.
    sum = sum - bytes + (is_known and old_bytes or 0)
  end
  local ttl = math.max(redis.call("PTTL", cache_usage), keep_ms)
  if not is_full then
    number = number + 1
    redis.call("ZADD", cache_usage, string.format("%.0f", number), entry)
    redis.call("HSET", cache_sizes, "=" .. entry, string.format("%.0f %.0f", bytes, now + keep_ms))
  end
  redis.call(
    "HSET",
    cache_sizes,
    "bytes",
    string.format("%.0f", sum),
    "number",
    string.format("%.0f", number),
    "checked",
    string.format("%.0f", checked)
  )
  redis.call("PEXPIRE", cache_usage, string.format("%.0f", ttl))
  redis.call("PEXPIRE", cache_sizes, string.format("%.0f", ttl))
  if #removed > 0 then
    -- at most 16 entries
    -- moonpath-allow order/touch-after-remove: PEXPIRE removes nothing, because its time is at least 1
    redis.call("ZREM", cache_usage, unpack(removed))
    -- at most 16 entries
    -- moonpath-allow order/touch-after-remove: PEXPIRE removes nothing, because its time is at least 1
    redis.call("HDEL", cache_sizes, unpack(fields))
  end
  if is_full then
    return "full"
  end
  return "counted", evicted
end

return count
