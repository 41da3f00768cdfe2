#!lua
-- Rival of expiry.track: sets the instant at which an item is due.
-- KEYS: due, processing, attempts, dead, reasons, the index of the slot, the operation.
-- ARGV: the item, its instant.

local HORIZON_MS = "660000"

local call = redis.call
local item, due_ms = ARGV[1], tonumber(ARGV[2])
if #KEYS ~= 7 or #ARGV ~= 2 then
  return { err = "ARGUMENT expiry.track" }
end
if item == "" or #item > 256 or string.find(item, "[%c{}]") then
  return { err = "ARGUMENT expiry.track item" }
end
if not due_ms or due_ms < 0 or due_ms > 8640000000000000 or due_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.track due_ms" }
end

local due, processing, attempts, dead = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local leased = call("ZSCORE", processing, item)
local is_claimed = false
if leased then
  local lease_ends = tonumber(leased)
  if not lease_ends or lease_ends < 0 or lease_ends > 9007199254740991 or lease_ends % 1 ~= 0 then
    return { err = "CORRUPT processing" }
  end
  local clock = call("TIME")
  is_claimed = lease_ends >= clock[1] * 1000 + math.floor(clock[2] / 1000)
end
local died = call("ZSCORE", dead, item)
local index = KEYS[6]
local member = string.match(due, "{(.*)}")
local known = call("ZSCORE", index, member)
local index_ms = due_ms
if known then
  index_ms = tonumber(known) > due_ms and due_ms
else
  local first = call("ZRANGE", due, 0, 0, "WITHSCORES")[2]
  local ends = call("ZRANGE", processing, 0, 0, "WITHSCORES")[2]
  local first_ms, ends_ms = tonumber(first or due_ms), tonumber(ends or due_ms)
  if first_ms < 0 or first_ms > 9007199254740991 or first_ms % 1 ~= 0 then
    return { err = "CORRUPT due" }
  elseif ends_ms < 0 or ends_ms > 9007199254740991 or ends_ms % 1 ~= 0 then
    return { err = "CORRUPT processing" }
  end
  index_ms = math.min(due_ms, first_ms, ends_ms)
end
local due_text = string.format("%d", due_ms)
call("ZCARD", due)
if died or leased then
  call("HLEN", KEYS[5])
  call("HLEN", attempts)
end

local rest = due_text .. " " .. item
local mine = (is_claimed and "track claimed " or "track tracked ") .. rest
local before = call("SET", KEYS[7], mine, "NX", "GET", "PX", HORIZON_MS)
if before then
  if before == "track tracked " .. rest then
    return "tracked"
  end
  return before == "track claimed " .. rest and "claimed" or "mismatch"
end
if is_claimed then
  return "claimed"
end
call("ZADD", due, due_text, item)
if index_ms then
  local index_text = string.format("%d", index_ms)
  call("ZADD", index, index_text, member)
  local clock = call("TIME")
  local soon = clock[1] * 1000 + math.floor(clock[2] / 1000) + 1000
  if call("ZCOUNT", index, string.format("%d", soon), string.format("%d", index_ms - 1)) == 0 then
    call("PUBLISH", index, index_text)
  end
end
if leased then
  call("ZREM", processing, item)
  call("HSETNX", attempts, item, "1")
end
if died then
  call("ZREM", dead, item)
  call("HDEL", KEYS[5], item)
  call("HDEL", attempts, item)
end
return "tracked"
