--- Ends the version of a resource, because the resource has changed. The next reading gives it a new
--- one, so no tag from before matches.
---
---@version 1.0.0
---@param version key.version write
---@param forgets flag? also forgets the number of the last write, because the resource was deleted
---@return "bumped"|"absent" outcome absent: it had no version, so no tag matches it anyway
---@cost O(1)
---@resend safe a second run ends a version that is as new, which only costs a full reply
---@many 100
---
---@example No tag of the old version matches afterwards.
---  given  HSET {version} token 6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11 number 7
---  reply  outcome=bumped
---  again  outcome=absent
---  then   HEXISTS {version} token = 0
---  then   HGET {version} number = 7
---@example A resource was deleted, so the numbers of its writes may begin anew.
---  given  HSET {version} token 6f1c1c52-0f6c-4d39-9d7f-3f8a2f6f0a11 number 7
---  call   forgets=yes
---  reply  outcome=bumped
---  again  outcome=absent
---  then   EXISTS {version} = 0
---@example A resource without a version needs none.
---  reply  outcome=absent
---@example A writer that runs at this time is not told that its own version is the newest.
---  given  HSET {version} writer:w1 {now+10000} until {now+10000} sole w1
---  reply  outcome=absent
---  then   HEXISTS {version} sole = 0
local function bump(version, forgets)
  local had_token = redis.call("HEXISTS", version, "token")
  redis.call("HDEL", version, "token", "sole", forgets and "number" or "sole")
  return had_token == 1 and "bumped" or "absent"
end

return bump
