--- Gives a name the whole burst of all its rate limits back.
---
---@version 1.0.0
---@param rate_limit key.rate_limit write
---@param limit_operation key.limit_operation write
---@param remember_ms remember_ms how long the operation is remembered
---@return "reset"|"mismatch" outcome reset: the limits are full; mismatch: the operation was sent to
---   limit.take before
---@return flag? repeated when reset: an earlier call has reset the limits, and nothing has changed
---@cost O(1)
---@resend safe within remember_ms, because the operation is remembered; after that, the same call
---   resets again
---
---@example The limits of a name are full again.
---  given  SET {rate_limit} "60000:{now+60000}000;"
---  call   operation=o1 remember_ms=60000
---  reply  outcome=reset repeated=no
---  again  outcome=reset repeated=yes
---  then   EXISTS {rate_limit} = 0
---@example A late copy of the call changes nothing.
---  given  SET {rate_limit} "60000:{now+60000}000;"
---  given  SET {limit_operation} reset PX 60000
---  call   operation=o1 remember_ms=60000
---  reply  outcome=reset repeated=yes
---  then   EXISTS {rate_limit} = 1
---@example An operation of limit.take is a mismatch.
---  given  SET {limit_operation} "allowed 1" PX 60000
---  call   operation=o1 remember_ms=60000
---  reply  outcome=mismatch
---@example A key of another type is an error, and nothing is written.
---  given  HSET {rate_limit} 1000 1
---  call   operation=o1 remember_ms=60000
---  error  WRONGTYPE
local function reset(rate_limit, limit_operation, remember_ms)
  -- It refuses a key of another type. A text that is not readable may be deleted.
  redis.call("STRLEN", rate_limit)
  local remembered = redis.call("SET", limit_operation, "reset", "NX", "GET", "PX", remember_ms)
  if remembered == "reset" then
    return "reset", true
  elseif remembered then
    return "mismatch"
  end
  redis.call("DEL", rate_limit)
  return "reset", false
end

return reset
