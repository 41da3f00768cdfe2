--- Finds what a call would get from rate limits.
---
--- It is the Generic Cell Rate Algorithm (GCRA) of ITU-T I.371, as virtual scheduling. A limit keeps one
--- time: when its whole burst is free again. Each unit moves this time by one interval, the period
--- divided by the quota. The time is at most burst * interval ahead of the clock. A time beyond that
--- comes from another burst or another clock, and counts as an empty limit. limit.take then refuses the
--- call, and stores the time of an empty limit.
---
--- Intervals are whole microseconds, rounded up. So a limit never gives more than its quota, and at most
--- 1 % less: an interval has at least 100 microseconds.
---
---@param limits table[] at most 8, the shortest period first
---@param stored table full_at_us by period
---@param cost integer
---@param now_us integer
---@param next_full_us table|nil gets when each limit is full after the call, by its place
---@return "allowed"|"refused"|"too_large" verdict
---@return integer period_ms of the decisive limit: the one with the longest wait, else the one with
---   the fewest units left
---@return integer left units of that limit, before the call
---@return integer wait_us until that limit has enough units, or 0
---@return integer taken_us until that limit is full, before the call
---@return integer cost_us by which an allowed call moves that time
---@return boolean is_ahead a stored time is beyond that of an empty limit, so the call is refused
local function limits_after(limits, stored, cost, now_us, next_full_us)
  -- The upper bound of the type ms: the longest time until an empty limit is full again.
  local MAX_BURST_MS = 31622400000
  local MAX_UNITS_PER_MS = 10
  local decisive_ms, fewest, longest_us, taken_us, cost_us = 0, 0, 0, 0, 0
  local last_period_ms, is_ahead = 0, false
  -- at most 8 limits
  for index = 1, #limits do
    local limit = limits[index]
    local period_ms = limit.period_ms
    local interval_us = math.max(math.ceil(period_ms * 1000 / limit.quota), 1)
    local burst_us = limit.burst * interval_us
    if period_ms <= last_period_ms then
      error({ err = "ARGUMENT limits: the shortest period comes first, and each period once" })
    end
    if limit.quota > period_ms * MAX_UNITS_PER_MS then
      error({ err = "ARGUMENT limits: a quota has at most 10 units a millisecond" })
    end
    if burst_us > MAX_BURST_MS * 1000 then
      error({ err = "ARGUMENT limits: an empty limit is full again within 366 days" })
    end
    if cost > limit.burst then
      return "too_large", period_ms, 0, 0, 0, 0, false
    end
    local limit_taken_us = (stored[period_ms] or now_us) - now_us
    if limit_taken_us < 0 then
      limit_taken_us = 0
    elseif limit_taken_us > burst_us then
      limit_taken_us, is_ahead = burst_us, true
    end
    local limit_cost_us = cost * interval_us
    -- Below zero if the limit has more units.
    local wait_us = limit_taken_us + limit_cost_us - burst_us
    local left = math.floor((burst_us - limit_taken_us) / interval_us)
    if wait_us > longest_us then
      decisive_ms, fewest, longest_us, taken_us = period_ms, left, wait_us, limit_taken_us
    elseif longest_us == 0 and (index == 1 or left < fewest) then
      decisive_ms, fewest, taken_us, cost_us = period_ms, left, limit_taken_us, limit_cost_us
    end
    if next_full_us then
      next_full_us[index] = now_us + limit_taken_us + limit_cost_us
    end
    last_period_ms = period_ms
  end
  local verdict = longest_us > 0 and "refused" or "allowed"
  return verdict, decisive_ms, fewest, longest_us, taken_us, cost_us, is_ahead
end

return limits_after
