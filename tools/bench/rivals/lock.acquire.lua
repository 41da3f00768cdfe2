#!lua
-- Rival of lock.acquire: takes a lock that is one text, `<fence> <lease_ends_ms> <state> <owner>`.
-- KEYS: the lock, its owner. ARGV: the lease, whether the caller waits.

if #KEYS ~= 2 or #ARGV ~= 2 then
  return { err = "ARGUMENT lock.acquire" }
end
local lease_ms, waits = tonumber(ARGV[1]), ARGV[2]
if not lease_ms or lease_ms < 1 or lease_ms > 31622400000 or lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT lock.acquire lease_ms" }
end
if waits ~= "" and waits ~= "0" and waits ~= "1" then
  return { err = "ARGUMENT lock.acquire waits" }
end

local stored = redis.call("GET", KEYS[1])
local owner = string.sub(KEYS[2], #KEYS[1] + 8)
local clock = redis.call("TIME")
local fence = clock[1] * 1000000 + clock[2]
local now_ms = (fence - fence % 1000) / 1000
local kept_from_ms = now_ms + lease_ms
if stored then
  local last_fence, ends_ms, state, holder = string.match(stored, "^(%d+) (%d+) (%l+) (.*)$")
  local last, ends = tonumber(last_fence), tonumber(ends_ms)
  if
    not last
    or last >= 9007199254740990
    or ends >= 8640000000000000
    or (state ~= "held" and state ~= "waited" and state ~= "released")
  then
    return { err = "CORRUPT lock" }
  end
  local live = state ~= "released" and now_ms < ends
  if holder == owner then
    if live then
      return { "acquired", last, ends, 1 }
    end
    redis.call("PEXPIRE", KEYS[2], "660000", "GT")
    return "ended"
  end
  if live then
    if waits == "1" then
      if redis.call("GET", KEYS[2]) then
        redis.call("PEXPIRE", KEYS[2], "660000", "GT")
        return "ended"
      end
      if state == "held" then
        -- The numbers are written as numbers, so a fence with leading zeros gets its usual form.
        local waited = string.format("%d %d waited %s", last, ends, holder)
        redis.call("SET", KEYS[1], waited, "KEEPTTL")
      end
    else
      local known = redis.call("SET", KEYS[2], "busy", "NX", "GET", "PX", "660000")
      if known and known ~= "busy" then
        redis.call("PEXPIRE", KEYS[2], "660000", "GT")
        return "ended"
      end
    end
    local left_ms = ends - now_ms
    return { "busy", false, false, false, holder, left_ms > 31622400000 and 31622400000 or left_ms }
  end
  if last >= fence then
    fence = last + 1
    local fence_ms = math.ceil(fence / 1000)
    if fence_ms > kept_from_ms then
      kept_from_ms = fence_ms
    end
  end
end
local kept_until = string.format("%d", kept_from_ms + 660000)
local fence_text = string.format("%d", fence)
if redis.call("SET", KEYS[2], fence_text, "NX", "GET", "PXAT", kept_until) then
  redis.call("PEXPIRE", KEYS[2], "660000", "GT")
  return "ended"
end
local ends = now_ms + lease_ms
redis.call("SET", KEYS[1], string.format("%s %d held %s", fence_text, ends, owner), "PXAT", kept_until)
return { "acquired", fence, ends, 0 }
