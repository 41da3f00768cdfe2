#!lua flags=allow-oom
-- Rival of expiry.claim: claims due items for a worker.
-- KEYS: due, processing, attempts, dead, the index of the slot, the claim.
-- ARGV: the limit, the lease in milliseconds, the age of dead items or nothing.

local HORIZON_MS = 660000
local MAX_EXACT = 9007199254740991

-- The number at the beginning of an item's text, and its other numbers; nil if the text is corrupt.
local function count_of(text)
  local count, again, since = tonumber(text), nil, nil
  if not count then
    count, again = string.match(text, "^(%d+) again (%d+)$")
    if not count then
      count, since = string.match(text, "^(%d+) since (%d+)$")
    end
    if not count then
      count, again, since = string.match(text, "^(%d+) again (%d+) since (%d+)$")
    end
    count = tonumber(count)
    if math.max(again or 0, since or 0) > MAX_EXACT then
      return nil
    end
  end
  if not count or count < 0 or count > MAX_EXACT or count % 1 ~= 0 then
    return nil
  end
  return count, again, since
end

local call, tonumber, format = redis.call, tonumber, string.format
local limit = string.find(ARGV[1] or "", "^[1-9]%d*$") and tonumber(ARGV[1])
local lease_ms = tonumber(ARGV[2])
if #KEYS ~= 6 or #ARGV ~= 3 then
  return { err = "ARGUMENT expiry.claim" }
end
if not limit or limit > 100 then
  return { err = "ARGUMENT expiry.claim limit" }
end
if not lease_ms or lease_ms < 1 or lease_ms > 31622400000 or lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT expiry.claim lease_ms" }
end

local max_age_ms = ARGV[3] ~= "" and tonumber(ARGV[3])
if ARGV[3] ~= "" and (not max_age_ms or max_age_ms < 1 or max_age_ms > 31622400000 or max_age_ms % 1 ~= 0) then
  return { err = "ARGUMENT expiry.claim dead_max_age_ms" }
end

local due, processing, attempts, claim_key = KEYS[1], KEYS[2], KEYS[3], KEYS[6]
local dead, index = KEYS[4], KEYS[5]
local clock = call("TIME")
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local now_text = format("%d", now)
local claim = call("LRANGE", claim_key, "0", "100")
local known = claim[1]
if known then
  local ends = tonumber(known)
  if not ends or ends < 0 or ends > MAX_EXACT or ends % 1 ~= 0 then
    return { err = "CORRUPT end of a claim's lease" }
  end
  if ends >= now then
    local leases = call("ZMSCORE", processing, unpack(claim))
    local counts = call("HMGET", attempts, unpack(claim))
    local items, size = {}, 0
    for index = 2, #claim do
      if tonumber(leases[index]) == ends then
        local count = count_of(counts[index] or "1")
        if not count then
          return { err = "CORRUPT attempts" }
        end
        items[size + 1], items[size + 2] = claim[index], count > 1 and count or 1
        size = size + 2
      end
    end
    return { "claimed", items, ends, false, false }
  end
  if ends > 0 then
    return { "ended", false, false, false, false }
  end
end

local names, ready, abandoned = {}, {}, 0
if not known then
  names = call("ZRANGE", processing, "-inf", "(" .. now_text, "BYSCORE", "LIMIT", "0", ARGV[1])
  abandoned = #names
  ready = call("ZRANGE", due, "-inf", now_text, "BYSCORE", "LIMIT", "0", format("%d", limit - abandoned))
  if abandoned == 0 then
    names = ready
  else
    for index = 1, #ready do
      names[abandoned + index] = ready[index]
    end
  end
end
local count = #names
-- When the shard is due without the items of this call.
local first, taken = format("%d", #ready), format("%d", abandoned)
local next_due = call("ZRANGE", due, first, first, "WITHSCORES")[2]
local next_end = call("ZRANGE", processing, taken, taken, "WITHSCORES")[2]
local next_ms, end_ms = tonumber(next_due or "0"), tonumber(next_end or "0")
if not next_ms or next_ms < 0 or next_ms > MAX_EXACT or next_ms % 1 ~= 0 then
  return { err = "CORRUPT due" }
end
if not end_ms or end_ms < 0 or end_ms > MAX_EXACT or end_ms % 1 ~= 0 then
  return { err = "CORRUPT processing" }
end
next_ms = next_due and next_ms
if next_end and (not next_ms or end_ms < next_ms) then
  next_ms = end_ms
end
if max_age_ms then
  local oldest = call("ZRANGE", dead, "0", "0", "WITHSCORES")[2]
  local since_ms = tonumber(oldest or "0")
  if not since_ms or since_ms < 0 or since_ms > MAX_EXACT or since_ms % 1 ~= 0 then
    return { err = "CORRUPT instant of a dead item" }
  end
  if oldest and (not next_ms or since_ms + max_age_ms < next_ms) then
    next_ms = since_ms + max_age_ms + 1
  end
end
local member = string.match(due, "{(.*)}")

if count == 0 then
  if not known then
    if next_ms then
      call("ZADD", index, format("%d", next_ms), member)
    else
      call("ZREM", index, member)
    end
    call("RPUSH", claim_key, "0")
    call("PEXPIRE", claim_key, HORIZON_MS)
  end
  if next_ms then
    return { "idle", false, false, next_ms, next_ms > now and next_ms - now or 0 }
  end
  return { "idle", false, false, false, false }
end

local counts = call("HMGET", attempts, unpack(names))
local ends = now + lease_ms
local ends_text = format("%d", ends)
local items, leases, raised, raises, size = {}, {}, {}, 0, 0
-- Items whose worker died, and that are due later; the names of the others.
local later, times, taken = {}, {}, abandoned == 0 and names or {}
for index = 1, count do
  local name, stored = names[index], counts[index]
  local before, again, since = 0, nil, nil
  if stored then
    before, again, since = count_of(stored)
    if not before then
      return { err = "CORRUPT attempts" }
    end
  end
  if before == 0 and index <= abandoned then
    before = 1
  end
  if again and index <= abandoned and tonumber(again) > now then
    later[#later + 1], times[#times + 1], times[#times + 2] = name, again, name
    if not next_ms or tonumber(again) < next_ms then
      next_ms = tonumber(again)
    end
    raised[raises + 1], raised[raises + 2] = name, before .. (since and " since " .. since or "")
    raises = raises + 2
  else
    items[size + 1], items[size + 2] = name, before + 1
    leases[size + 1], leases[size + 2] = ends_text, name
    size = size + 2
    if abandoned > 0 then
      taken[size / 2] = name
    end
    if before > 0 or stored then
      raised[raises + 1], raised[raises + 2] = name, format("%d", before + 1)
      raises = raises + 2
    end
  end
end
if size > 0 and (not next_ms or ends < next_ms) then
  next_ms = ends
end
call("ZCARD", index)
if size > 0 then
  call("ZADD", processing, unpack(leases))
end
if later[1] then
  call("ZADD", due, unpack(times))
end
call("ZADD", index, format("%d", next_ms), member)
if raises > 0 then
  call("HSET", attempts, unpack(raised))
end
call("RPUSH", claim_key, ends_text, unpack(taken))
call("PEXPIREAT", claim_key, format("%d", ends + HORIZON_MS))
if ready[1] then
  call("ZREM", due, unpack(ready))
end
if later[1] then
  call("ZREM", processing, unpack(later))
end
return { "claimed", items, ends, next_ms, next_ms > now and next_ms - now or 0 }
