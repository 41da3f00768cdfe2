local stored_integer = require("lib.stored_integer")
local stored_permit = require("lib.limit.stored_permit")

-- How long permits and their owners are remembered after a lease has ended. It is the horizon of late
-- calls, 600,000 ms, and 60,000 ms for a failover to a server with a faster clock.
local KEPT_MS = 660000
-- The upper bound of the type ms. A remaining lease is longer only if the clock was set back.
local MAX_RETRY_AFTER_MS = 31622400000
-- A permit that was left has its number minus this as its score: the lowest number comes first.
local LEFT = 1000

--- Gets one of a limited number of permits for a while, or says when to try again.
---
--- At most max_permits owners have a permit at the same time. Each permit has a number, and its fence
--- rises with every holder while the permits are stored. A store that the permits guard should keep the
--- highest fence of each number, and refuse a write with a lower one.
---
--- If max_permits becomes smaller, holders stay until they leave or their lease ends. Until then nobody
--- enters.
---
--- An owner enters at most once. So a call that arrives late gets no permit for a caller that has gone
--- on. The reply full ends the owner too, unless it waits. The memory of an owner has about 200 bytes.
---
---@version 1.0.0
---@param permits key.permits write
---@param permit_owner key.permit_owner write
---@param max_permits permit_count how many owners may have a permit at the same time
---@param lease_ms ms how long the permit is held unless renewed
---@param waits flag? the caller asks again until it enters or calls leave
---@return "entered"|"full"|"ended" outcome entered: the caller has a permit; full: max_permits others
---   have one; ended: this owner has had a permit or has given up, and needs a new name
---@return permit_number? permit when entered: below max_permits of this call
---@return fence? fence when entered: a store refuses a write with a lower one for this permit
---@return epoch_ms? lease_ends_ms when entered: pass it to renew
---@return flag? repeated when entered: an earlier call of this owner has entered, so the lease counts
---   from then; renew it before you rely on its length
---@return ms? retry_after_ms when full: until the first of the leases ends
---@cost O(log N), N the permits
---@resend safe within 10 minutes after the lease, because its owner is known: it gets the same reply
---   while it has the permit, and ended afterwards. An owner that waits may enter until it calls leave
---
---@example The first owner gets the first permit.
---  call   owner=alice max_permits=2 lease_ms=30000
---  reply  outcome=entered permit=0 fence=* lease_ends_ms=* repeated=no
---  again  outcome=entered permit=0 fence=* lease_ends_ms=* repeated=yes
---@example A permit that was left gets a higher fence, even if the last one came from a faster clock.
---  given  ZADD {permits} -1000 "0 8000000000000000" {now+20000} "1 7"
---  call   owner=alice max_permits=2 lease_ms=30000
---  reply  outcome=entered permit=0 fence=8000000000000001 lease_ends_ms=* repeated=no
---  again  outcome=entered permit=0 fence=8000000000000001 lease_ends_ms=* repeated=yes
---  then   ZCARD {permits} = 2
---@example All permits are held.
---  given  ZADD {permits} {now+20000} "0 7" {now+30000} "1 8"
---  call   owner=alice max_permits=2 lease_ms=30000
---  reply  outcome=full retry_after_ms=~
---  then   GET {permit_owner} = busy
---@example With fewer permits than before, nobody enters while too many are held.
---  given  ZADD {permits} -1000 "0 7" {now+20000} "1 8" {now+30000} "2 9"
---  call   owner=alice max_permits=2 lease_ms=30000 waits=yes
---  reply  outcome=full retry_after_ms=~
---@example A call that arrives after its owner has left changes nothing.
---  given  SET {permit_owner} ended
---  call   owner=alice max_permits=2 lease_ms=30000
---  reply  outcome=ended
---@example A permit that is not readable is an error, and nothing is written.
---  given  ZADD {permits} -1000 first
---  call   owner=alice max_permits=2 lease_ms=30000
---  error  CORRUPT permit
local function enter(permits, permit_owner, max_permits, lease_ms, waits)
  local clock = redis.call("TIME")
  local clock_us = clock[1] * 1000000 + clock[2]
  local now_ms = math.floor(clock_us / 1000)
  local now_text = string.format("%d", now_ms)
  local held = redis.call("ZCOUNT", permits, "(" .. now_text, "+inf")
  local lowest = redis.call("ZRANGE", permits, 0, 0, "WITHSCORES")
  local score = stored_integer(lowest[2] or false, "end of a permit's lease", -LEFT)

  -- The permit that this owner can have, and the fence of its last holder.
  local number, last_fence, permit
  -- Free permits that do not exist any more, with their new scores.
  local surplus = {}
  if held < max_permits then
    if not score or score > now_ms then
      -- All stored permits are held, and their numbers have no gap.
      number, last_fence = held, 0
    else
      permit = lowest[1]
      number, last_fence = stored_permit(permit)
    end
    if number >= max_permits then
      -- There are fewer permits now, and an expired one may have a lower number. Those with higher
      -- numbers become left ones, so that each is read here once.
      number, permit = nil, nil
      local expired = redis.call("ZRANGE", permits, 0, now_text, "BYSCORE", "LIMIT", 0, 20)
      -- at most 20 permits
      for _, candidate in ipairs(expired) do
        local candidate_number, fence = stored_permit(candidate)
        if candidate_number >= max_permits then
          surplus[#surplus + 1] = { permit = candidate, score = candidate_number - LEFT }
        elseif not number then
          number, last_fence, permit = candidate_number, fence, candidate
        end
      end
    end
  end

  local new_fence = math.max(clock_us, (last_fence or 0) + 1)
  local lease_ends_ms = now_ms + lease_ms
  local kept_ms = math.max(lease_ms, math.ceil(new_fence / 1000) - now_ms) + KEPT_MS
  local retry_after_ms = 1
  if not number then
    local first =
      redis.call("ZRANGE", permits, "(" .. now_text, "+inf", "BYSCORE", "LIMIT", 0, 1, "WITHSCORES")
    local first_ends_ms = stored_integer(first[2] or false, "end of a permit's lease") or now_ms + 1
    retry_after_ms = math.min(first_ends_ms - now_ms, MAX_RETRY_AFTER_MS)
  end
  local entered = string.format("%d %d", number or 0, new_fence)
  local remembered
  if number then
    remembered = redis.call("SET", permit_owner, entered, "NX", "GET", "PX", kept_ms)
  elseif waits then
    remembered = redis.call("GET", permit_owner)
  else
    remembered = redis.call("SET", permit_owner, "busy", "NX", "GET", "PX", KEPT_MS)
  end
  if remembered and (number or waits or remembered ~= "busy") then
    local ends_ms =
      stored_integer(redis.call("ZSCORE", permits, remembered), "end of a permit's lease", -LEFT)
    if ends_ms and ends_ms > now_ms then
      local held_number, held_fence = stored_permit(remembered)
      return "entered", held_number, held_fence, ends_ms, true
    end
    redis.call("PEXPIRE", permit_owner, KEPT_MS, "GT")
    return "ended"
  end

  -- at most 20 permits
  for _, candidate in ipairs(surplus) do
    redis.call("ZADD", permits, candidate.score, candidate.permit)
  end
  if not number then
    return "full", nil, nil, nil, nil, retry_after_ms
  end
  redis.call("ZADD", permits, string.format("%d", lease_ends_ms), entered)
  if lowest[1] then
    redis.call("PEXPIRE", permits, kept_ms, "GT")
  else
    redis.call("PEXPIRE", permits, kept_ms)
  end
  if permit then
    redis.call("ZREM", permits, permit)
  end
  return "entered", number, new_fence, lease_ends_ms, false
end

return enter
