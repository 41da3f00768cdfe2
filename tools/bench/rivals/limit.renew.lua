#!lua flags=allow-oom
-- Rival of limit.renew: starts a new lease for the holder of a permit.
-- KEYS: the permits, the owner. ARGV: the fence, the end of the lease, the new lease.

local tonumber, match, format = tonumber, string.match, string.format
if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT limit.renew" }
end
local fence, known_ends, lease_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not fence or fence < 1 or fence > 9007199254740991 or fence % 1 ~= 0 then
  return { err = "ARGUMENT limit.renew fence" }
end
if not known_ends or known_ends < 0 or known_ends > 8640000000000000 or known_ends % 1 ~= 0 then
  return { err = "ARGUMENT limit.renew lease_ends_ms" }
end
if not lease_ms or lease_ms < 1 or lease_ms > 31622400000 or lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT limit.renew lease_ms" }
end

local permit = redis.call("GET", KEYS[2])
local score = permit and redis.call("ZSCORE", KEYS[1], permit)
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
if own_fence ~= fence then
  return "lost"
end
local clock = redis.call("TIME")
local now_ms = clock[1] * 1000 + math.floor(clock[2] / 1000)
if now_ms >= ends then
  redis.call("ZADD", KEYS[1], number - 1000, permit)
  return "lost"
end
if ends ~= known_ends then
  return { "stale", ends }
end
local new_ends = now_ms + lease_ms
if new_ends <= ends then
  new_ends = ends + 1
end
local fence_ms = math.ceil(fence / 1000)
local kept = format("%d", (fence_ms > new_ends and fence_ms or new_ends) + 660000)
redis.call("SET", KEYS[2], permit, "PXAT", kept)
redis.call("ZADD", KEYS[1], format("%d", new_ends), permit)
redis.call("PEXPIREAT", KEYS[1], kept, "GT")
return { "renewed", new_ends }
