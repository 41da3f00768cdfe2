local now_ms = require("lib.now_ms")
local stored_version = require("lib.version.stored_version")

-- So many writers may change one resource at a time.
local MAX_WRITERS = 64
-- 7 days, as in version.read. It is longer than any write.
local KEEP_MS = 604800000

--- Begins a write of a resource: it has no version until the write ends. With `expected`, the write only
--- begins if the resource still has that version. So of two writers that expect the same one, one begins.
---
---@version 1.0.0
---@param version key.version write
---@param writer id a new one for each write
---@param expected version_token? the version that the writer's client has read; absent: any
---@param write_ms write_ms longer than the write takes; if the writer dies, there is a new version then
---@return "begun"|"changed"|"full" outcome changed: the resource has another version, or is being written;
---   full: 64 other writers change it now
---@return write_number? number when begun: the highest number of a write in the database that ended before
---   the version began; 0 if none is known
---@cost O(W), W the writers at this time, at most 64
---@resend never a second run after the end of the write would begin it again
---
---@example A write of the version that the client has read.
---  given  HSET {version} token 6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11 number 7
---  call   writer=w1 expected=6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11 write_ms=5000
---  reply  outcome=begun number=7
---  then   HEXISTS {version} token = 0
---  then   HGET {version} sole = w1
---@example Another client has written since.
---  given  HSET {version} token 6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11
---  call   writer=w1 expected=aaaaaaaaaaaaaaaa write_ms=5000
---  reply  outcome=changed
---  then   HLEN {version} = 1
---@example The version has ended because another writer has begun.
---  given  HSET {version} writer:w2 {now+10000} until {now+10000} sole w2
---  call   writer=w1 expected=aaaaaaaaaaaaaaaa write_ms=5000
---  reply  outcome=changed
---@example Of two writers that expect nothing, none is told that its own version is the newest.
---  given  HSET {version} writer:w2 {now+10000} until {now+10000} sole w2
---  call   writer=w1 write_ms=5000
---  reply  outcome=begun number=0
---  then   HEXISTS {version} sole = 0
---@example A wrong number is an error.
---  given  HSET {version} number seven
---  call   writer=w1 write_ms=5000
---  error  CORRUPT version
local function begin_write(version, writer, expected, write_ms)
  local now = now_ms()
  local token, number, _, others, others_end_ms, ended = stored_version(version, writer, now)
  if expected and token ~= expected then
    return "changed"
  end
  if others >= MAX_WRITERS then
    return "full"
  end
  local ends_ms = now + write_ms
  local until_ms = string.format("%d", math.max(others_end_ms, ends_ms))
  redis.call("HSET", version, "writer:" .. writer, string.format("%d", ends_ms), "until", until_ms)
  if others == 0 then
    redis.call("HSET", version, "sole", writer)
  else
    ended[#ended + 1] = "sole"
  end
  redis.call("PEXPIRE", version, KEEP_MS)
  ended[#ended + 1] = "token"
  -- at most 66 fields
  redis.call("HDEL", version, unpack(ended))
  return "begun", number
end

return begin_write
