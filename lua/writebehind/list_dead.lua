local dead_write_of = require("lib.writebehind.dead_write_of")
local stored_integer = require("lib.stored_integer")
local write_of = require("lib.writebehind.write_of")

-- The maximum bytes of a page, unless its first write is larger.
local MAX_PAGE_BYTES = 1048576

--- Lists dead writes with their reasons, the oldest first, one page a call.
---
--- A page ends before its writes take more than a megabyte, unless its first write is larger. So only
--- an empty page is the end of the list.
---
--- The next page begins after the last write of the page before. If that one is not dead any more, the
--- next page begins with the writes of its millisecond. So a page may repeat writes, but it never
--- skips one that stays dead.
---
---@version 1.0.0
---@param write_dead key.write_dead read
---@param write_dead_records key.write_dead_records read
---@param limit write_limit the maximum number of writes
---@param after_ms epoch_ms? dead_since_ms of the last write of the page before
---@param after_key id? its key
---@param after_sequence sequence? its number
---@return dead_write[] writes the oldest first
---@cost O(log N + limit), N the dead writes, plus the length of their values, which is at
---   most 1 MiB or that of one write
---@resend safe it only reads
---@role worker
---@many 5
---
---@example A dead write is listed with its reason.
---  given  ZADD {write_dead} 5 vase
---  given  HSET {write_dead_records} vase "no such product\n8\tw2\tvase\nfg"
---  call   limit=10
---  reply  writes=[["vase",8,"w2",2,"no such product",5]]
---@example The next page begins after the last write of the page before.
---  given  ZADD {write_dead} 5 lamp 5 "\n8" 6 vase
---  given  HSET {write_dead_records} vase "no such product\n9\tw2\tvase\nfg"
---  call   limit=10 after_ms=5 after_key=lamp after_sequence=7
---  reply  writes=[["vase",9,"w2",2,"no such product",6]]
---@example There are no dead writes.
---  call   limit=10
---  reply  writes=[]
---@example A dead write without its value is an error.
---  given  ZADD {write_dead} 5 vase
---  call   limit=10
---  error  CORRUPT dead write
local function list_dead(write_dead, write_dead_records, limit, after_ms, after_key, after_sequence)
  local first = 0
  if after_ms then
    local after = string.format("%d", after_ms)
    local member = after_sequence and string.format("\n%d", after_sequence) or ""
    if redis.call("ZSCORE", write_dead, member) ~= after then
      member = after_key or ""
      -- It may be another dead write of the key, of the same millisecond.
      local stored = after_sequence and redis.call("HGET", write_dead_records, member)
      if stored then
        local _, record = dead_write_of(stored)
        if tonumber((write_of(record, "dead write"))) ~= after_sequence then
          member = ""
        end
      end
    end
    if redis.call("ZSCORE", write_dead, member) == after then
      first = redis.call("ZRANK", write_dead, member) + 1
    else
      first = redis.call("ZCOUNT", write_dead, "-inf", "(" .. after)
    end
  end
  local found = redis.call("ZRANGE", write_dead, first, first + limit - 1, "WITHSCORES")
  local writes, page_bytes = {}, 0
  -- at most 100 writes
  for position = 1, #found, 2 do
    page_bytes = page_bytes + redis.call("HSTRLEN", write_dead_records, found[position])
    if position > 1 and page_bytes > MAX_PAGE_BYTES then
      break
    end
    local stored = redis.call("HGET", write_dead_records, found[position])
    if not stored then
      error({ err = "CORRUPT dead write" })
    end
    local reason, record = dead_write_of(stored)
    local sequence, operation, key = write_of(record, "dead write")
    writes[#writes + 1] = {
      key = key,
      sequence = tonumber(sequence),
      operation = operation,
      -- Before the value are two tabs and a line break.
      value_bytes = #record - #sequence - #operation - #key - 3,
      reason = reason,
      dead_since_ms = stored_integer(found[position + 1], "instant of a dead write"),
    }
  end
  return writes
end

return list_dead
