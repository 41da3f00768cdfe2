--- Finds what a call would get from rate limits, and their state after it.
---
--- It is the Generic Cell Rate Algorithm (GCRA) of ITU-T I.371, as virtual scheduling. A limit keeps one
--- time: when its whole burst is free again. Each unit moves this time by one interval, the period
--- divided by the quota. The time is at most burst * interval ahead of the clock: a time beyond that
--- comes from another burst or another clock, and counts as an empty limit.
---
--- Intervals are whole microseconds, rounded up, so a limit never gives more than its quota.
---
---@param limits table[] at most 8, the shortest period first
---@param stored table full_at_us by period; those of the call are removed
---@param cost integer
---@param now_us integer
---@return "allowed"|"refused"|"too_large" verdict
---@return integer period_ms of the decisive limit: the one with the longest wait, else the one with
---   the fewest units left
---@return integer left units of that limit, before the call
---@return integer wait_us until that limit has enough units, or 0
---@return integer taken_us until that limit is full, before the call
---@return integer cost_us by which an allowed call moves that time
---@return integer[] full_at_us when each limit is full, after the call
local function limits_after(limits, stored, cost, now_us)
  -- 366 days: the longest time in which a limit becomes full.
  local MAX_BURST_US = 31622400000000
  local verdict, decisive_ms, fewest, longest_us, taken_us, cost_us = "allowed", 0, 0, 0, 0, 0
  local full_at_us = {}
  local last_period_ms = 0
  -- at most 8 limits
  for index = 1, #limits do
    local limit = limits[index]
    local period_ms = limit.period_ms
    local interval_us = math.max(math.ceil(period_ms * 1000 / limit.quota), 1)
    local burst_us = limit.burst * interval_us
    if period_ms <= last_period_ms then
      error({ err = "ARGUMENT limits: the shortest period comes first, and each period once" })
    end
    if burst_us > MAX_BURST_US then
      error({ err = "ARGUMENT limits: an empty limit is full again within 366 days" })
    end
    if cost > limit.burst then
      return "too_large", period_ms, 0, 0, 0, 0, full_at_us
    end
    local limit_taken_us = math.min(math.max((stored[period_ms] or 0) - now_us, 0), burst_us)
    local limit_cost_us = cost * interval_us
    local wait_us = math.max(limit_taken_us + limit_cost_us - burst_us, 0)
    local left = math.floor((burst_us - limit_taken_us) / interval_us)
    if wait_us > longest_us or (longest_us == 0 and (index == 1 or left < fewest)) then
      decisive_ms, fewest, longest_us, taken_us, cost_us =
        period_ms, left, wait_us, limit_taken_us, limit_cost_us
    end
    full_at_us[index] = now_us + limit_taken_us + limit_cost_us
    stored[period_ms] = nil
    last_period_ms = period_ms
  end
  if longest_us > 0 then
    verdict = "refused"
  end
  return verdict, decisive_ms, fewest, longest_us, taken_us, cost_us, full_at_us
end

return limits_after
