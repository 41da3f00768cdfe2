#!lua
-- Rival of limit.take: GCRA for up to 8 limits of a name, stored as `<period_ms>:<full_at_us>;`.
-- KEYS: the limits, the operation. ARGV: the number of limits, then quota, period and burst of each,
-- then the cost, then how long the operation is remembered.

local tonumber, find, format, ceil = tonumber, string.find, string.format, math.ceil
local count = tonumber(ARGV[1])
if #KEYS ~= 2 or not count or count < 0 or count > 8 or count % 1 ~= 0 or #ARGV ~= 3 + 3 * count then
  return { err = "ARGUMENT limit.take" }
end
local quotas, periods, bursts = {}, {}, {}
for index = 1, count do
  local quota, period_ms, burst = tonumber(ARGV[3 * index - 1]), tonumber(ARGV[3 * index]), tonumber(ARGV[3 * index + 1])
  if not quota or quota < 1 or quota > 1000000000 or quota % 1 ~= 0 then
    return { err = "ARGUMENT limit.take limits.quota" }
  end
  if not period_ms or period_ms < 1 or period_ms > 31622400000 or period_ms % 1 ~= 0 then
    return { err = "ARGUMENT limit.take limits.period_ms" }
  end
  if not burst or burst < 1 or burst > 1000000000 or burst % 1 ~= 0 then
    return { err = "ARGUMENT limit.take limits.burst" }
  end
  quotas[index], periods[index], bursts[index] = quota, period_ms, burst
end
local cost, remember = tonumber(ARGV[3 * count + 2]), ARGV[3 * count + 3]
if not cost or cost < 1 or cost > 1000000000 or cost % 1 ~= 0 then
  return { err = "ARGUMENT limit.take cost" }
end
local remember_ms = find(remember, "^[1-9]%d*$") and tonumber(remember)
if not remember_ms or remember_ms < 1000 or remember_ms > 31622400000 then
  return { err = "ARGUMENT limit.take remember_ms" }
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

-- What the operation was answered before; `mismatch`; nil if its text is corrupt.
local function outcome_of(text)
  local _, _, outcome, units = find(text, "^(%l+) ?(%d*)$")
  local is_take = outcome == "allowed" or outcome == "refused"
  if tonumber(units) ~= cost and (is_take or outcome == "reset") then
    return "mismatch"
  end
  return is_take and outcome or nil
end

local function too_large(reason_ms)
  local known = redis.call("GET", KEYS[2])
  local outcome = known and outcome_of(known)
  if known and not outcome then
    return { err = "CORRUPT limit-operation" }
  elseif outcome == "mismatch" then
    return outcome
  elseif outcome ~= "allowed" then
    return { "too_large", reason_ms }
  end
  local decides, least, decisive_taken, before = 0, 0, 0, 0
  for index = 1, count do
    local period_ms, interval = periods[index], ceil(periods[index] * 1000 / quotas[index])
    local burst_us = bursts[index] * interval
    if period_ms <= before or burst_us > 31622400000000 or quotas[index] > 10 * period_ms then
      return { err = "ARGUMENT limits" }
    end
    local taken = math.min(math.max((stored[period_ms] or 0) - now, 0), burst_us)
    local left = bursts[index] - ceil(taken / interval)
    if index == 1 or left < least then
      decides, least, decisive_taken = period_ms, left, taken
    end
    before = period_ms
  end
  return { "allowed", decides, least, 0, ceil(decisive_taken / 1000), 1 }
end

local texts, latest, before, is_ahead = {}, 0, 0, false
local decides, least, longest, decisive_taken, decisive_cost = 0, 0, 0, 0, 0
for index = 1, count do
  local period_ms, burst = periods[index], bursts[index]
  local interval = ceil(period_ms * 1000 / quotas[index])
  local burst_us, cost_us = burst * interval, cost * interval
  if period_ms <= before or burst_us > 31622400000000 or quotas[index] > 10 * period_ms then
    return { err = "ARGUMENT limits" }
  end
  if cost > burst then
    return too_large(period_ms)
  end
  local taken = (stored[period_ms] or 0) - now
  if taken < 0 then
    taken = 0
  elseif taken > burst_us then
    taken, is_ahead = burst_us, true
  end
  local wait = taken + cost_us - burst_us
  local left = burst - ceil(taken / interval)
  if wait > longest then
    decides, least, longest, decisive_taken = period_ms, left, wait, taken
  elseif longest == 0 and (index == 1 or left < least) then
    decides, least, decisive_taken, decisive_cost = period_ms, left, taken, cost_us
  end
  local full = now + taken + cost_us
  if full > latest then
    latest = full
  end
  texts[index] = format("%d:%d;", period_ms, full)
  stored[period_ms], before = nil, period_ms
end
if is_ahead then
  -- The call is refused: its cost is not stored.
  latest = 0
  for index = 1, count do
    local full = string.match(texts[index], ":(%d+)") - cost * ceil(periods[index] * 1000 / quotas[index])
    texts[index] = format("%d:%d;", periods[index], full)
    latest = full > latest and full or latest
  end
end
local size = count
for period_ms, full in pairs(stored) do
  if full > now then
    if full > latest then
      latest = full
    end
    size = size + 1
    texts[size] = format("%d:%d;", period_ms, full)
  end
end
if size > 8 then
  return { err = "ARGUMENT limits" }
end

local verdict = longest > 0 and "refused" or "allowed"
local known = redis.call("SET", KEYS[2], format("%s %d", verdict, cost), "NX", "GET", "PX", remember)
if known then
  local outcome = outcome_of(known)
  if not outcome then
    return { err = "CORRUPT limit-operation" }
  elseif outcome == "mismatch" then
    return outcome
  end
  return { outcome, decides, least, outcome == "refused" and ceil(longest / 1000) or 0, ceil(decisive_taken / 1000), 1 }
end
if longest > 0 and not is_ahead then
  return { verdict, decides, least, ceil(longest / 1000), ceil(decisive_taken / 1000), 0 }
end
redis.call("SET", KEYS[1], table.concat(texts), "PXAT", format("%d", ceil(latest / 1000)))
if longest > 0 then
  return { verdict, decides, least, ceil(longest / 1000), ceil(decisive_taken / 1000), 0 }
end
return { verdict, decides, least - cost, 0, ceil((decisive_taken + decisive_cost) / 1000), 0 }
