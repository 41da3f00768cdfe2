local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")

-- 7 days after its last use, a version is forgotten. Its tags then match nothing.
local KEEP_MS = 604800000
-- The upper bounds of the types epoch_ms and write_number.
local MAX_EPOCH_MS = 8640000000000000
local MAX_NUMBER = 9000000000000000

--- Reads the version of a resource before its data is read. A resource without a version gets a new one.
--- While a writer changes the resource, it has none.
---
---@version 1.0.0
---@param version key.version write
---@param new_token new_version for a resource without a version
---@return "known"|"writing" outcome writing: what is read now may change at any time, so it gets no tag
---@return version_token? token when known
---@return write_number? number when known: the highest number of a write in the database that ended before
---   the version began; 0 if none is known. Data with a lower number is older than the version
---@cost O(1)
---@resend never a second run could store a version again that was replaced
---@many 100
---
---@example The version of a resource.
---  given  HSET {version} token 6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11 number 7
---  given  PEXPIRE {version} 600000000
---  call   new_token=aaaaaaaaaaaaaaaa
---  reply  outcome=known token=6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11 number=7
---@example A resource without a version gets a new one.
---  call   new_token=aaaaaaaaaaaaaaaa
---  reply  outcome=known token=aaaaaaaaaaaaaaaa number=0
---  then   HGET {version} token = aaaaaaaaaaaaaaaa
---@example During a write there is none.
---  given  HSET {version} writer:w1 {now+10000} until {now+10000}
---  call   new_token=aaaaaaaaaaaaaaaa
---  reply  outcome=writing
---@example After a writer that died there is a new one.
---  given  HSET {version} writer:w1 {now-1} until {now-1}
---  call   new_token=aaaaaaaaaaaaaaaa
---  reply  outcome=known token=aaaaaaaaaaaaaaaa number=0
---@example A wrong time is an error.
---  given  HSET {version} until soon
---  call   new_token=aaaaaaaaaaaaaaaa
---  error  CORRUPT version
local function read(version, new_token)
  local stored = redis.call("HMGET", version, "token", "until", "number")
  local token = stored[1]
  local number = stored_integer(stored[3], "version", 0, MAX_NUMBER) or 0
  if not token then
    local ends_ms = stored_integer(stored[2], "version", 0, MAX_EPOCH_MS)
    if ends_ms and ends_ms > now_ms() then
      return "writing"
    end
    redis.call("HSET", version, "token", new_token)
    redis.call("PEXPIRE", version, KEEP_MS)
    return "known", new_token, number
  end
  -- Rarely extended, so that most readings write nothing.
  if redis.call("PTTL", version) < KEEP_MS / 2 then
    redis.call("PEXPIRE", version, KEEP_MS)
  end
  return "known", token, number
end

return read
