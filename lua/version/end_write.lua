local now_ms = require("lib.now_ms")
local stored_version = require("lib.version.stored_version")

-- 7 days, as in version.read.
local KEEP_MS = 604800000

--- Ends a write of a resource, whether the database has taken it or not. After the last of the writers,
--- the resource has a new version.
---
---@version 1.0.0
---@param version key.version write
---@param writer id as in version.begin_write
---@param new_token new_version
---@param number write_number? the number of the write in the database, or the one that it has found there
---@return "replaced"|"writing" outcome writing: other writers still change the resource
---@return flag sole whether this writer was the only one since it began: then new_token is the version of
---   what it has written
---@cost O(W), W the writers at this time, at most 64
---@resend never a second run could bring a version back that was replaced
---
---@example The writer that was alone gets the version of what it has written.
---  given  HSET {version} writer:w1 {now+10000} until {now+10000} sole w1 number 7
---  call   writer=w1 new_token=aaaaaaaaaaaaaaaa number=9
---  reply  outcome=replaced sole=yes
---  then   HMGET {version} token number = aaaaaaaaaaaaaaaa 9
---  then   HLEN {version} = 2
---@example While another writer is at work, there is no version.
---  given  HSET {version} writer:w1 {now+10000} writer:w2 {now+10000} until {now+10000}
---  call   writer=w1 new_token=aaaaaaaaaaaaaaaa
---  reply  outcome=writing sole=no
---  then   HEXISTS {version} token = 0
---@example A writer whose time was over replaces the version that began meanwhile.
---  given  HSET {version} token 6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11
---  call   writer=w1 new_token=aaaaaaaaaaaaaaaa
---  reply  outcome=replaced sole=no
---  then   HGET {version} token = aaaaaaaaaaaaaaaa
---@example A wrong number is an error.
---  given  HSET {version} number seven
---  call   writer=w1 new_token=aaaaaaaaaaaaaaaa
---  error  CORRUPT version
local function end_write(version, writer, new_token, number)
  local now = now_ms()
  local _, known, is_sole, others, others_end_ms, ended = stored_version(version, writer, now)
  if number and number > known then
    redis.call("HSET", version, "number", string.format("%.0f", number))
  end
  if others > 0 then
    redis.call("HSET", version, "until", string.format("%d", others_end_ms))
    ended[#ended + 1] = "token"
  else
    redis.call("HSET", version, "token", new_token)
    ended[#ended + 1] = "until"
  end
  redis.call("PEXPIRE", version, KEEP_MS)
  ended[#ended + 1] = "writer:" .. writer
  ended[#ended + 1] = "sole"
  -- at most 67 fields
  redis.call("HDEL", version, unpack(ended))
  return others > 0 and "writing" or "replaced", is_sole and others == 0
end

return end_write
