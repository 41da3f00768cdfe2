#!lua flags=allow-oom
-- Rival of limit.leave: gives a permit back.
-- KEYS: the permits, the owner. ARGV: the fence, or an empty text.

local tonumber, match = tonumber, string.match
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT limit.leave" }
end
local fence
if ARGV[1] ~= "" then
  fence = tonumber(ARGV[1])
  if not fence or fence < 1 or fence > 9007199254740991 or fence % 1 ~= 0 then
    return { err = "ARGUMENT limit.leave fence" }
  end
end
local permit = redis.call("GET", KEYS[2])
if not permit then
  redis.call("SET", KEYS[2], "ended", "PX", "660000")
  return "lost"
end
local score = redis.call("ZSCORE", KEYS[1], permit)
if not score then
  return "lost"
end
local ends = match(score, "^-?%d+$") and tonumber(score)
if not ends or ends < -1000 or ends > 9007199254740991 then
  return { err = "CORRUPT end of a permit's lease" }
end
local digits, fence_digits = match(permit, "^(%d+) (%d+)$")
local number, own_fence = tonumber(digits), tonumber(fence_digits)
if not number or number > 999 or own_fence >= 9007199254740990 then
  return { err = "CORRUPT permit" }
end
if fence and fence ~= own_fence then
  return "lost"
end
local clock = redis.call("TIME")
redis.call("SET", KEYS[2], "ended", "PX", "660000")
redis.call("ZADD", KEYS[1], number - 1000, permit)
if clock[1] * 1000 + math.floor(clock[2] / 1000) < ends then
  return "left"
end
return "lost"
