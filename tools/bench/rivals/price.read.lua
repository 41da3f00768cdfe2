#!lua flags=no-writes
-- Rival of price.read: the base price, the effective price, and the sale that is on.
-- KEYS: the price. Replies outcome, base, effective, whether a sale is on, its name, the next change.

if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT price.read" }
end
local tonumber, find = tonumber, string.find
local stored = redis.call("HMGET", KEYS[1], "base", "calendar")
local base = stored[1]
if not base then
  return "unknown"
end
base = tonumber(base)
if not base or base < 0 or base > 1000000000000 or base % 1 ~= 0 then
  return { err = "CORRUPT base" }
end
local calendar = stored[2]
if not calendar then
  return { "priced", base, base, 0 }
end

local clock = redis.call("TIME")
-- Not rounded down: compared with whole milliseconds, that makes no difference.
local now = clock[1] * 1000 + clock[2] / 1000
local at, size = 1, #calendar
for _ = 1, 99 do
  local _, line_end, from, to, amount, sale = find(calendar, "^(%d+) (%d+) (%d+) (%C+)\n", at)
  if not line_end then
    return { err = "CORRUPT calendar" }
  end
  from, to, amount = tonumber(from), tonumber(to), tonumber(amount)
  if from >= to or to > 8640000000000000 or amount > 1000000000000 then
    return { err = "CORRUPT calendar" }
  end
  if now < to and amount < base then
    if now < from then
      return { "priced", base, base, 0, false, from }
    end
    return { "priced", base, amount, 1, sale, to < 8640000000000000 and to or nil }
  end
  at = line_end + 1
  if at > size then
    return { "priced", base, base, 0 }
  end
end
return { err = "CORRUPT calendar" }
