#!lua flags=no-writes
-- Rival of limit.peek: reads what limit.take would answer.
-- KEYS: the limits. ARGV: the number of limits, then quota, period and burst of each, then the cost.

local tonumber, find, ceil = tonumber, string.find, math.ceil
local count = tonumber(ARGV[1])
if #KEYS ~= 1 or not count or count < 0 or count > 8 or count % 1 ~= 0 or #ARGV ~= 2 + 3 * count then
  return { err = "ARGUMENT limit.peek" }
end
local quotas, periods, bursts = {}, {}, {}
for index = 1, count do
  local quota, period_ms, burst = tonumber(ARGV[3 * index - 1]), tonumber(ARGV[3 * index]), tonumber(ARGV[3 * index + 1])
  if not quota or quota < 1 or quota > 1000000000 or quota % 1 ~= 0 then
    return { err = "ARGUMENT limit.peek limits.quota" }
  end
  if not period_ms or period_ms < 1 or period_ms > 31622400000 or period_ms % 1 ~= 0 then
    return { err = "ARGUMENT limit.peek limits.period_ms" }
  end
  if not burst or burst < 1 or burst > 1000000000 or burst % 1 ~= 0 then
    return { err = "ARGUMENT limit.peek limits.burst" }
  end
  quotas[index], periods[index], bursts[index] = quota, period_ms, burst
end
local cost = tonumber(ARGV[3 * count + 2])
if not cost or cost < 1 or cost > 1000000000 or cost % 1 ~= 0 then
  return { err = "ARGUMENT limit.peek cost" }
end
if count == 0 then
  return { err = "ARGUMENT limits" }
end

local clock = redis.call("TIME")
local now = clock[1] * 1000000 + clock[2]
local value, stored = redis.call("GET", KEYS[1]), {}
if value then
  local position, entries = 1, 0
  repeat
    local _, last, period, full = find(value, "^(%d+):(%d+);", position)
    entries = entries + 1
    local period_ms, full_us = tonumber(period), tonumber(full)
    if not last or entries > 8 or period_ms < 1 or period_ms > 31622400000 or full_us > 9007199254740991 then
      return { err = "CORRUPT rate limit" }
    end
    stored[period_ms] = full_us
    position = last + 1
  until position > #value
end

local before, decides, least, longest, decisive_taken = 0, 0, 0, 0, 0
for index = 1, count do
  local period_ms, burst = periods[index], bursts[index]
  local interval = ceil(period_ms * 1000 / quotas[index])
  local burst_us = burst * interval
  if period_ms <= before or burst_us > 31622400000000 or quotas[index] > 10 * period_ms then
    return { err = "ARGUMENT limits" }
  end
  if cost > burst then
    return { "too_large", period_ms }
  end
  local taken = (stored[period_ms] or 0) - now
  if taken < 0 then
    taken = 0
  elseif taken > burst_us then
    taken = burst_us
  end
  local wait = taken + cost * interval - burst_us
  local left = burst - ceil(taken / interval)
  if wait > longest then
    decides, least, longest, decisive_taken = period_ms, left, wait, taken
  elseif longest == 0 and (index == 1 or left < least) then
    decides, least, decisive_taken = period_ms, left, taken
  end
  before = period_ms
end
local verdict = longest > 0 and "refused" or "allowed"
return { verdict, decides, least, ceil(longest / 1000), ceil(decisive_taken / 1000) }
