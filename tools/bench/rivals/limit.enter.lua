#!lua
-- Rival of limit.enter: gives one of the permits of a name to an owner.
-- KEYS: the permits, the owner. ARGV: the number of permits, the lease, whether the caller waits.

local tonumber, match, format = tonumber, string.match, string.format
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT limit.enter" }
end
local most, lease_ms, waits = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
if not most or most < 1 or most > 1000 or most % 1 ~= 0 then
  return { err = "ARGUMENT limit.enter max_permits" }
end
if not lease_ms or lease_ms < 1 or lease_ms > 31622400000 or lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT limit.enter lease_ms" }
end
if waits ~= "" and waits ~= "0" and waits ~= "1" then
  return { err = "ARGUMENT limit.enter waits" }
end

local clock = redis.call("TIME")
local fence = clock[1] * 1000000 + clock[2]
local now_ms = (fence - fence % 1000) / 1000
local now = format("%d", now_ms)
local held = redis.call("ZCOUNT", KEYS[1], "(" .. now, "+inf")
local lowest = redis.call("ZRANGE", KEYS[1], "0", "0", "WITHSCORES")
local score = lowest[2]
if score then
  score = match(score, "^-?%d+$") and tonumber(score)
  if not score or score < -1000 or score > 9007199254740991 then
    return { err = "CORRUPT end of a permit's lease" }
  end
end

local number, last, permit
local surplus = {}
if held < most then
  if not score or score > now_ms then
    number, last = held, 0
  else
    permit = lowest[1]
    local digits, fence_digits = match(permit, "^(%d+) (%d+)$")
    number, last = tonumber(digits), tonumber(fence_digits)
    if not number or number > 999 or last >= 9007199254740990 then
      return { err = "CORRUPT permit" }
    end
  end
  if number >= most then
    number, permit = nil, nil
    local expired = redis.call("ZRANGE", KEYS[1], "0", now, "BYSCORE", "LIMIT", "0", "20")
    for index = 1, #expired do
      local digits, fence_digits = match(expired[index], "^(%d+) (%d+)$")
      local other, other_fence = tonumber(digits), tonumber(fence_digits)
      if not other or other > 999 or other_fence >= 9007199254740990 then
        return { err = "CORRUPT permit" }
      end
      if other >= most then
        surplus[#surplus + 1], surplus[#surplus + 2] = other - 1000, expired[index]
      elseif not number then
        number, last, permit = other, other_fence, expired[index]
      end
    end
  end
end

local known, entered, kept_ms
local wait_ms = 1
if number then
  if last >= fence then
    fence = last + 1
  end
  local fence_ms = math.ceil(fence / 1000) - now_ms
  kept_ms = (fence_ms > lease_ms and fence_ms or lease_ms) + 660000
  entered = format("%d %d", number, fence)
  known = redis.call("SET", KEYS[2], entered, "NX", "GET", "PX", format("%d", kept_ms))
else
  local first = redis.call("ZRANGE", KEYS[1], "(" .. now, "+inf", "BYSCORE", "LIMIT", "0", "1", "WITHSCORES")[2]
  if first then
    local ends = match(first, "^%d+$") and tonumber(first)
    if not ends or ends > 9007199254740991 then
      return { err = "CORRUPT end of a permit's lease" }
    end
    wait_ms = math.min(ends - now_ms, 31622400000)
  end
  if waits == "1" then
    known = redis.call("GET", KEYS[2])
  else
    known = redis.call("SET", KEYS[2], "busy", "NX", "GET", "PX", "660000")
  end
end
if known and (number or waits == "1" or known ~= "busy") then
  local ends_text = redis.call("ZSCORE", KEYS[1], known)
  if ends_text then
    local ends = match(ends_text, "^-?%d+$") and tonumber(ends_text)
    if not ends or ends < -1000 or ends > 9007199254740991 then
      return { err = "CORRUPT end of a permit's lease" }
    end
    if ends > now_ms then
      local digits, fence_digits = match(known, "^(%d+) (%d+)$")
      local own, own_fence = tonumber(digits), tonumber(fence_digits)
      if not own or own > 999 or own_fence >= 9007199254740990 then
        return { err = "CORRUPT permit" }
      end
      return { "entered", own, own_fence, ends, 1 }
    end
  end
  redis.call("PEXPIRE", KEYS[2], "660000", "GT")
  return "ended"
end
if surplus[1] then
  redis.call("ZADD", KEYS[1], unpack(surplus))
end
if not number then
  return { "full", false, false, false, false, wait_ms }
end
local ends = now_ms + lease_ms
redis.call("ZADD", KEYS[1], format("%d", ends), entered)
if score then
  redis.call("PEXPIRE", KEYS[1], format("%d", kept_ms), "GT")
else
  redis.call("PEXPIRE", KEYS[1], format("%d", kept_ms))
end
if permit then
  redis.call("ZREM", KEYS[1], permit)
end
return { "entered", number, fence, ends, 0 }
