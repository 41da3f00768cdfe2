#!lua flags=no-writes
-- limit.peek 1.0.0. Generated from lua/limit/peek.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/limit/limits_after.lua:
--- Finds what a call would get from rate limits.
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

-- From lua/lib/limit/stored_limits.lua:
--- Reads the rate limits of a name, which are stored as `<period_ms>:<full_at_us>;` each.
local function stored_limits(value)
  local MAX_LIMITS = 8
  -- The upper bound of the type ms.
  local MAX_PERIOD_MS = 31622400000
  -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
  local MAX_EXACT = 9007199254740991
  local stored = {}
  if not value then
    return stored
  end
  local position = 1
  -- at most 8 limits
  for _ = 1, MAX_LIMITS do
    local _, entry_end, period, full_at = string.find(value, "^(%d+):(%d+);", position)
    local period_ms, full_at_us = tonumber(period), tonumber(full_at)
    if not entry_end or period_ms < 1 or period_ms > MAX_PERIOD_MS or full_at_us > MAX_EXACT then
      error({ err = "CORRUPT rate limit" })
    end
    stored[period_ms] = full_at_us
    position = entry_end + 1
    if position > #value then
      return stored
    end
  end
  error({ err = "CORRUPT rate limit" })
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 2 then
  return { err = "ARGUMENT limit.peek expected 1 key and at least 2 arguments" }
end
local wrapper_position
local arg_limits = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 8 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT limit.peek limits: expected a whole number from 0 to 8" }
  end
  if #ARGV ~= 2 + 3 * wrapper_count then
    return { err = "ARGUMENT limit.peek expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_quota = tonumber(ARGV[-1 + 3 * index])
    if not field_quota or field_quota < 1 or field_quota > 1000000000 or field_quota % 1 ~= 0 then
      return { err = "ARGUMENT limit.peek limits.quota: expected a whole number from 1 to 1000000000" }
    end
    local field_period_ms = tonumber(ARGV[3 * index])
    if
      not field_period_ms
      or field_period_ms < 1
      or field_period_ms > 31622400000
      or field_period_ms % 1 ~= 0
    then
      return { err = "ARGUMENT limit.peek limits.period_ms: expected a whole number from 1 to 31622400000" }
    end
    local field_burst = tonumber(ARGV[1 + 3 * index])
    if not field_burst or field_burst < 1 or field_burst > 1000000000 or field_burst % 1 ~= 0 then
      return { err = "ARGUMENT limit.peek limits.burst: expected a whole number from 1 to 1000000000" }
    end
    arg_limits[index] = { quota = field_quota, period_ms = field_period_ms, burst = field_burst }
  end
  wrapper_position = 1 + 3 * wrapper_count
end
local arg_cost = tonumber(ARGV[wrapper_position + 1])
if not arg_cost or arg_cost < 1 or arg_cost > 1000000000 or arg_cost % 1 ~= 0 then
  return { err = "ARGUMENT limit.peek cost: expected a whole number from 1 to 1000000000" }
end

-- From lua/limit/peek.lua:
--- Tells what limit.take would answer, and takes nothing.
do
  local rate_limit, limits, cost = KEYS[1], arg_limits, arg_cost
  if #limits == 0 then
    error({ err = "ARGUMENT limits: at least one" })
  end
  local clock = redis.call("TIME")
  local now_us = clock[1] * 1000000 + clock[2]
  local stored = stored_limits(redis.call("GET", rate_limit))
  local verdict, period_ms, left, wait_us, taken_us = limits_after(limits, stored, cost, now_us)
  if verdict == "too_large" then
    return { verdict, period_ms }
  end
  return { verdict, period_ms, left or false, math.ceil(wait_us / 1000), math.ceil(taken_us / 1000) }
end
