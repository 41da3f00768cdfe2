local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local stored_size = require("lib.quota.stored_size")

--- Counts an entry for the quota of its tenant, and says which entries the caller must remove.
---
--- It counts no entry that would pass the quota. It forgets entries that have ended: of the next 8 in turn,
--- and above the quota of the 17 oldest. So an ended entry of N counts for at most N / 7 + 2 calls.
---
---@version 1.0.0
---@param cache_usage key.cache_usage write
---@param cache_sizes key.cache_sizes write
---@param entry id
---@param bytes entry_bytes
---@param keep_ms ms the time until the entry ends
---@param max_entries entry_count? absent: any number
---@param max_bytes entry_bytes? absent: any number
---@param refuses flag no entry is evicted; otherwise the oldest ones make room
---@return "counted"|"full"|"lost" outcome full: the entry must not be stored, and an older value of it is
---   counted as before; lost: Redis had evicted one of the keys, so nothing is counted until the next call
---@return id[] evicted at most 8 entries that must be removed, and are no longer counted
---@return sequence number for quota.forget, if the entry is not stored after all; 0: forget nothing. When
---   counted: 0 if it was counted before, because an older value may be stored. When full: that of the
---   older value
---@cost O(log N), N the entries of the shard
---@resend never a second run could count an entry again that was removed since
---
---@example An entry is counted.
---  call   entry=lamp bytes=300 keep_ms=60000 max_entries=10 refuses=no
---  reply  outcome=counted evicted=[] number=~
---  then   HGET {cache_sizes} bytes = 300
---@example Above the quota, the oldest entry makes room.
---  given  ZADD {cache_usage} 1 vase 2 rug
---  given  HSET {cache_sizes} =vase "100 {now+60000}" =rug "100 {now+60000}" bytes 200 number 2
---  call   entry=lamp bytes=300 keep_ms=60000 max_entries=2 refuses=no
---  reply  outcome=counted evicted=["vase"] number=3
---  then   ZRANGE {cache_usage} 0 -1 = rug lamp
---@example A tenant that must not evict is full.
---  given  ZADD {cache_usage} 1 vase
---  given  HSET {cache_sizes} =vase "100 {now+60000}" bytes 100 number 1
---  call   entry=lamp bytes=300 keep_ms=60000 max_bytes=399 refuses=yes
---  reply  outcome=full evicted=[] number=0
---@example An entry that is larger than the quota evicts nobody.
---  given  ZADD {cache_usage} 1 vase
---  given  HSET {cache_sizes} =vase "100 {now+60000}" bytes 100 number 1
---  call   entry=lamp bytes=300 keep_ms=60000 max_bytes=299 refuses=no
---  reply  outcome=full evicted=[] number=0
---@example Redis has evicted the other key.
---  given  HSET {cache_sizes} =vase "100 {now+60000}" bytes 100 number 1 checked 0
---  call   entry=lamp bytes=300 keep_ms=60000 refuses=no
---  reply  outcome=lost evicted=[] number=0
---  then   EXISTS {cache_sizes} = 0
---@example A wrong size is an error.
---  given  ZADD {cache_usage} 1 vase
---  given  HSET {cache_sizes} =vase large bytes 100 number 1
---  call   entry=lamp bytes=300 keep_ms=60000 refuses=no
---  error  CORRUPT size of an entry
local function count(cache_usage, cache_sizes, entry, bytes, keep_ms, max_entries, max_bytes, refuses)
  local MAX_CHECKED, MAX_EVICTED, MAX_EXACT = 8, 8, 9007199254740991
  local most_entries, most_bytes = max_entries or MAX_EXACT, max_bytes or MAX_EXACT
  local function text(number)
    return string.format("%.0f", number)
  end
  local now = now_ms()
  local counted = redis.call("ZCARD", cache_usage)
  local state = redis.call("HMGET", cache_sizes, "bytes", "number", "checked", "=" .. entry)
  -- Beside three sums, it has the sizes of entries. Without one of the keys, the other one is of no use.
  local has_sizes = counted == 0 and redis.call("HLEN", cache_sizes) > 3
  if has_sizes or (counted > 0 and not state[2]) then
    redis.call("UNLINK", cache_usage)
    redis.call("UNLINK", cache_sizes)
    return "lost", {}, 0
  end
  local sum = counted > 0 and stored_integer(state[1], "cache-sizes") or 0
  -- It begins with the time: otherwise quota.forget could meet a number again.
  local number = stored_integer(state[2], "cache-sizes", 0, MAX_EXACT - 1) or now
  local checked = stored_integer(state[3], "cache-sizes") or 0
  local old_bytes = stored_size(state[4])
  local old_number = stored_integer(redis.call("ZSCORE", cache_usage, entry), "cache-usage")
  -- From here on, both are of the other entries.
  if old_number then
    counted = counted - 1
    sum = math.max(sum - old_bytes, 0)
  end
  local function is_over()
    return counted >= most_entries or sum + bytes > most_bytes
  end

  local removed, fields, evicted, is_skipped = {}, {}, {}, { [entry] = true }
  -- Removes those that have ended; if it evicts, others too until there is room.
  local function remove(names, evicts)
    local wanted = {}
    -- at most 17 entries
    for position = 1, #names do
      wanted[position] = "=" .. names[position]
    end
    -- at most 17 entries
    local texts = #names > 0 and redis.call("HMGET", cache_sizes, unpack(wanted)) or {}
    -- at most 17 entries
    for position = 1, #texts do
      local name = names[position]
      local size, ends_ms = stored_size(texts[position])
      local is_evicted = evicts and #evicted < MAX_EVICTED and is_over()
      if not is_skipped[name] and (ends_ms <= now or is_evicted) then
        removed[#removed + 1] = name
        fields[#fields + 1] = wanted[position]
        evicted[#evicted + 1] = is_evicted and name or nil
        is_skipped[name] = true
        counted = counted - 1
        sum = math.max(sum - size, 0)
      end
    end
  end

  local first = "(" .. text(checked)
  local found = redis.call("ZRANGE", cache_usage, first, "+inf", "BYSCORE", "LIMIT", "0", MAX_CHECKED)
  remove(found)
  -- After the last entry, the first one is next.
  local last = #found == MAX_CHECKED and redis.call("ZSCORE", cache_usage, found[#found] or "")
  checked = stored_integer(last, "cache-usage") or 0

  if is_over() then
    -- The entry itself, and those that are removed already, may be among them.
    local oldest = redis.call("ZRANGE", cache_usage, 0, MAX_CHECKED + MAX_EVICTED)
    remove(oldest)
    -- For an entry that is larger than the quota, others would go in vain.
    if not refuses and bytes <= most_bytes then
      remove(oldest, true)
    end
  end

  local is_full = is_over()
  if is_full then
    -- An older value of the entry may still be stored.
    sum = sum + (old_number and old_bytes or 0)
  else
    sum = sum + bytes
    number = number + 1
    redis.call("ZADD", cache_usage, text(number), entry)
    redis.call("HSET", cache_sizes, "=" .. entry, text(bytes) .. " " .. text(now + keep_ms))
  end
  -- One instant for both keys: a duration would begin a millisecond later for the second one.
  local ends_ms = text(math.max(redis.call("PEXPIRETIME", cache_usage), now + keep_ms))
  redis.call("HSET", cache_sizes, "bytes", text(sum), "number", text(number), "checked", text(checked))
  redis.call("PEXPIREAT", cache_usage, ends_ms)
  redis.call("PEXPIREAT", cache_sizes, ends_ms)
  if #removed > 0 then
    -- at most 25 entries
    -- moonpath-allow order/touch-after-remove: what PEXPIREAT removes has ended, with all its entries
    redis.call("ZREM", cache_usage, unpack(removed))
    -- at most 25 entries
    -- moonpath-allow order/touch-after-remove: what PEXPIREAT removes has ended, with all its entries
    redis.call("HDEL", cache_sizes, unpack(fields))
  end
  if is_full then
    return "full", evicted, old_number or 0
  end
  return "counted", evicted, old_number and 0 or number
end

return count
