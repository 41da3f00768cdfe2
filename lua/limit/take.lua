local limits_after = require("lib.limit.limits_after")
local stored_limits = require("lib.limit.stored_limits")

-- The maximum number of limits of one name.
local MAX_LIMITS = 8

--- Returns what the operation was answered before, or `mismatch`, from its text.
local function earlier_outcome(text, cost)
  local outcome, earlier_cost = string.match(text, "^(%l+) ?(%d*)$")
  local is_readable = outcome == "allowed" or outcome == "refused" or outcome == "reset"
  if is_readable and tonumber(earlier_cost) ~= cost then
    return "mismatch"
  elseif outcome == "allowed" or outcome == "refused" then
    return outcome
  end
  error({ err = "CORRUPT limit-operation" })
end

--- Takes units from the rate limits of a name, from all of them or from none.
---
--- A limit is known by its period. If its quota or burst changes, what was taken stays taken, as a
--- part of the period. In any time, a limit gives at most its burst, and its quota for each period.
---
--- The time of one unit, the period divided by the quota, is rounded up to whole microseconds. So a
--- limit gives up to 1 % less than its quota, and up to 0.1 % less at 1 unit a millisecond or below. A
--- quota above 10 units a millisecond is refused.
---
--- The name keeps limits that a call does not name, until they are full again.
---
--- After a failover to a server whose clock is behind, or with a smaller burst, a stored time may be
--- further ahead than that of an empty limit. Then the next call is refused, and the limit counts as
--- empty from this call on. So it refuses longer, at most until an empty limit is full again. If the
--- clock is ahead, or the last calls were lost, it allows as many units more.
---
---@version 1.0.0
---@param rate_limit key.rate_limit write
---@param limit_operation key.limit_operation write
---@param limits rate_limit[] at most 8: the shortest period first
---@param cost limit_units taken from each limit
---@param remember_ms remember_ms how long the outcome of this operation is remembered
---@return "allowed"|"refused"|"too_large"|"mismatch" outcome allowed: the units are taken; refused: a
---   limit has too few, and nothing is taken from any; too_large: cost is above a burst, so no wait
---   helps, and this operation has taken nothing; mismatch: the operation was sent before with another
---   cost, or to limit.reset
---@return ms? period_ms when allowed|refused|too_large: the limit that decides: the one with the
---   longest wait, else the one with the fewest units left; the other values are its own
---@return units_left? remaining when allowed|refused: units that a call could take now
---@return wait_ms? retry_after_ms when allowed|refused: until the limit has the units of a refused
---   call; 0 if it has them
---@return wait_ms? reset_after_ms when allowed|refused: until the whole burst is free, without
---   further calls
---@return flag? repeated when allowed|refused: an earlier call had this outcome, and nothing is taken;
---   the numbers are those of now
---@cost O(1), at most 8 limits
---@resend safe within remember_ms, because the outcome of the operation is remembered; after that, the
---   same call takes again
---@many 100
---
---@example The first call of a name has the whole burst.
---  call   operation=o1 limits=[[5,1000,5]] cost=2 remember_ms=60000
---  reply  outcome=allowed period_ms=1000 remaining=3 retry_after_ms=0 reset_after_ms=400 repeated=no
---  again  outcome=allowed period_ms=1000 remaining=~ retry_after_ms=0 reset_after_ms=~ repeated=yes
---  then   GET {limit_operation} = "allowed 2"
---@example A limit that has too few units refuses, and nothing is taken.
---  given  SET {rate_limit} "60000:{now+60000}000;"
---  call   operation=o1 limits=[[6,60000,6]] cost=1 remember_ms=60000
---  reply  outcome=refused period_ms=60000 remaining=0 retry_after_ms=~ reset_after_ms=~ repeated=no
---  again  outcome=refused period_ms=60000 remaining=0 retry_after_ms=~ reset_after_ms=~ repeated=yes
---  then   GET {rate_limit} = "60000:{now+60000}000;"
---@example Of several limits, the one that refuses decides, and nothing is taken from the others.
---  given  SET {rate_limit} "86400000:{now+86400000}000;"
---  call   operation=o1 limits=[[5,1000,5],[1000,86400000,1000]] cost=1 remember_ms=60000
---  reply  outcome=refused period_ms=86400000 remaining=0 retry_after_ms=~ reset_after_ms=~ repeated=no
---  again  outcome=refused period_ms=86400000 remaining=0 retry_after_ms=~ reset_after_ms=~ repeated=yes
---  then   GET {rate_limit} = "86400000:{now+86400000}000;"
---@example After the clock went back, a limit counts as empty, and the refusal stores it.
---  given  SET {rate_limit} "60000:{now+990000}000;"
---  call   operation=o1 limits=[[6,60000,6]] cost=1 remember_ms=60000
---  reply  outcome=refused period_ms=60000 remaining=0 retry_after_ms=10000 reset_after_ms=60000 repeated=no
---  again  outcome=refused period_ms=60000 remaining=0 retry_after_ms=~ reset_after_ms=~ repeated=yes
---@example More units than the burst are too large.
---  call   operation=o1 limits=[[5,1000,5]] cost=6 remember_ms=60000
---  reply  outcome=too_large period_ms=1000
---@example An operation that was allowed stays so, also if its cost is above a burst now.
---  given  SET {limit_operation} "allowed 6" PX 60000
---  call   operation=o1 limits=[[5,1000,5]] cost=6 remember_ms=60000
---  reply  outcome=allowed period_ms=1000 remaining=5 retry_after_ms=0 reset_after_ms=0 repeated=yes
---@example The same operation with another cost is a mismatch.
---  given  SET {limit_operation} "allowed 2" PX 60000
---  call   operation=o1 limits=[[5,1000,5]] cost=1 remember_ms=60000
---  reply  outcome=mismatch
---@example A quota above 10 units a millisecond is refused.
---  call   operation=o1 limits=[[10001,1000,5]] cost=1 remember_ms=60000
---  error  ARGUMENT limits
---@example A state that is not readable is an error, and nothing is written.
---  given  SET {rate_limit} "1000:soon;"
---  call   operation=o1 limits=[[5,1000,5]] cost=1 remember_ms=60000
---  error  CORRUPT rate limit
local function take(rate_limit, limit_operation, limits, cost, remember_ms)
  if #limits == 0 then
    error({ err = "ARGUMENT limits: at least one" })
  end
  local clock = redis.call("TIME")
  local now_us = clock[1] * 1000000 + clock[2]
  local stored = stored_limits(redis.call("GET", rate_limit))
  local next_full_us = {}
  local verdict, period_ms, left, wait_us, taken_us, cost_us, is_ahead =
    limits_after(limits, stored, cost, now_us, next_full_us)
  if verdict == "too_large" then
    -- The burst may be smaller than when the operation was first sent.
    local remembered = redis.call("GET", limit_operation)
    local outcome = remembered and earlier_outcome(remembered, cost)
    if outcome == "mismatch" then
      return outcome
    elseif outcome ~= "allowed" then
      return verdict, period_ms
    end
    local _, decisive_ms, units_left, _, used_us = limits_after(limits, stored, 0, now_us)
    return outcome, decisive_ms, units_left, 0, math.ceil(used_us / 1000), true
  elseif is_ahead then
    -- The call is refused, so its cost is not in the times that it stores.
    limits_after(limits, stored, 0, now_us, next_full_us)
  end

  local entries, latest_us = {}, 0
  -- at most 8 limits
  for index = 1, #limits do
    latest_us = math.max(latest_us, next_full_us[index])
    entries[index] = string.format("%d:%d;", limits[index].period_ms, next_full_us[index])
    stored[limits[index].period_ms] = nil
  end
  -- at most 8 limits
  for other_ms, other_us in pairs(stored) do
    if other_us > now_us then
      latest_us = math.max(latest_us, other_us)
      entries[#entries + 1] = string.format("%d:%d;", other_ms, other_us)
    end
  end
  if #entries > MAX_LIMITS then
    error({ err = "ARGUMENT limits: a name has at most 8 limits, those of earlier calls included" })
  end

  local answer = string.format("%s %d", verdict, cost)
  local remembered = redis.call("SET", limit_operation, answer, "NX", "GET", "PX", remember_ms)
  if remembered then
    local outcome = earlier_outcome(remembered, cost)
    if outcome == "mismatch" then
      return outcome
    end
    local retry_after_us = outcome == "refused" and wait_us or 0
    return outcome, period_ms, left, math.ceil(retry_after_us / 1000), math.ceil(taken_us / 1000), true
  end
  if verdict == "allowed" or is_ahead then
    local kept_until = string.format("%d", math.ceil(latest_us / 1000))
    redis.call("SET", rate_limit, table.concat(entries), "PXAT", kept_until)
  end
  if verdict == "refused" then
    return verdict, period_ms, left, math.ceil(wait_us / 1000), math.ceil(taken_us / 1000), false
  end
  return verdict, period_ms, left - cost, 0, math.ceil((taken_us + cost_us) / 1000), false
end

return take
