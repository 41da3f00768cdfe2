#!lua flags=allow-oom
-- Rival of lock.release: ends the hold of one owner and wakes those who wait.
-- KEYS: the lock, its owner. ARGV: the fence, or nothing.

if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT lock.release" }
end
local fence = tonumber(ARGV[1])
if ARGV[1] ~= "" and (not fence or fence < 1 or fence > 9007199254740991 or fence % 1 ~= 0) then
  return { err = "ARGUMENT lock.release fence" }
end

local stored = redis.call("GET", KEYS[1])
local last, ends, state, holder, last_fence, ends_ms
if stored then
  last_fence, ends_ms, state, holder = string.match(stored, "^(%d+) (%d+) (%l+) (.*)$")
  last, ends = tonumber(last_fence), tonumber(ends_ms)
  if
    not last
    or last >= 9007199254740991
    or ends >= 8640000000000000
    or (state ~= "held" and state ~= "waited" and state ~= "released")
  then
    return { err = "CORRUPT lock" }
  end
end
if holder ~= string.sub(KEYS[2], #KEYS[1] + 8) then
  redis.call("SET", KEYS[2], "ended", "NX", "GET", "PX", "660000")
  return "lost"
end
if state == "released" or (fence and fence ~= last) then
  return "lost"
end
local clock = redis.call("TIME")
local us = clock[1] * 1000000 + clock[2]
local now_ms = (us - us % 1000) / 1000
local kept_from_ms = math.ceil(last / 1000)
if kept_from_ms < now_ms then
  kept_from_ms = now_ms
end
local live = now_ms < ends
local released = string.format("%d %d released %s", last, live and now_ms or ends, holder)
redis.call("SET", KEYS[2], "ended", "GET", "PX", "660000")
redis.call("SET", KEYS[1], released, "PXAT", string.format("%d", kept_from_ms + 660000))
if state == "waited" then
  redis.call("PUBLISH", KEYS[1], "released")
end
return live and "released" or "lost"
