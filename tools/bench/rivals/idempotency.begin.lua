#!lua
-- Rival of idempotency.begin: run a request, replay its reply, wait, or refuse.
-- KEYS: the request, its owner. ARGV: the payload's hash, the lease, whether the caller waits.

if #KEYS ~= 2 or #ARGV ~= 3 then
  return { err = "ARGUMENT idempotency.begin" }
end
local hash, lease_ms, waits = ARGV[1], tonumber(ARGV[2]), ARGV[3]
if hash == "" or #hash > 128 or string.find(hash, "[%c{}]") then
  return { err = "ARGUMENT idempotency.begin payload_hash" }
end
if not lease_ms or lease_ms < 1 or lease_ms > 31622400000 or lease_ms % 1 ~= 0 then
  return { err = "ARGUMENT idempotency.begin lease_ms" }
end
if waits ~= "" and waits ~= "0" and waits ~= "1" then
  return { err = "ARGUMENT idempotency.begin waits" }
end

local owner = string.sub(KEYS[2], #KEYS[1] + 8)
local record =
  redis.call("HMGET", KEYS[1], "state", "owner", "fence", "payload_hash", "lease_ends_ms")
local state = record[1]
local last = record[3] and (tonumber(record[3]) or -1)
local ends = record[5] and (tonumber(record[5]) or -1)
if last and not (last >= 0 and last <= 9007199254740989 and last % 1 == 0) then
  return { err = "CORRUPT fence" }
end
if ends and not (ends >= 0 and ends <= 9007199254740991 and ends % 1 == 0) then
  return { err = "CORRUPT lease_ends_ms" }
end
local clock = redis.call("TIME")
local fence = clock[1] * 1000000 + clock[2]
local now_ms = (fence - fence % 1000) / 1000
if state then
  if not record[2] or not record[4] then
    return { err = "CORRUPT state" }
  end
  if record[4] ~= hash then
    local known = redis.call("SET", KEYS[2], "mismatch", "NX", "GET", "PX", "660000")
    if known and known ~= "mismatch" and record[2] ~= owner then
      return "ended"
    end
    return "mismatch"
  end
  if state == "done" then
    local reply = redis.call("HGET", KEYS[1], "reply")
    if not reply then
      return { err = "CORRUPT reply" }
    end
    return { "replay", false, false, false, reply }
  end
  if state ~= "running" or not ends or not last then
    return { err = "CORRUPT state" }
  end
  local live = now_ms < ends
  if record[2] == owner then
    if live then
      return { "run", last, ends, 1 }
    end
    redis.call("SET", KEYS[2], "ended", "NX", "GET", "PX", "660000")
    return "ended"
  end
  if live then
    if waits == "1" then
      if redis.call("GET", KEYS[2]) then
        return "ended"
      end
    else
      local known = redis.call("SET", KEYS[2], "busy", "NX", "GET", "PX", "660000")
      if known and known ~= "busy" then
        return "ended"
      end
    end
    local left_ms = ends - now_ms
    if left_ms > 31622400000 then
      left_ms = 31622400000
    end
    return { "busy", false, false, false, false, left_ms, last }
  end
end
if last and last >= fence then
  fence = last + 1
end
local new_ends = now_ms + lease_ms
local fence_text = string.format("%d", fence)
if
  redis.call("SET", KEYS[2], fence_text, "NX", "GET", "PXAT", string.format("%d", new_ends + 660000))
then
  return "ended"
end
redis.call(
  "HSET",
  KEYS[1],
  "state",
  "running",
  "owner",
  owner,
  "fence",
  fence_text,
  "payload_hash",
  hash,
  "lease_ends_ms",
  string.format("%d", new_ends)
)
redis.call("PEXPIREAT", KEYS[1], string.format("%d", new_ends + 86400000))
return { "run", fence, new_ends, 0 }
