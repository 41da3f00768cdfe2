local limits_after = require("lib.limit.limits_after")
local stored_limits = require("lib.limit.stored_limits")

--- Tells what limit.take would answer, and takes nothing.
---
--- After the clock went back, or with a smaller burst, a stored time may be further ahead than that of an
--- empty limit. Then the waits count from the next call of limit.take, which stores an empty limit.
---
---@version 1.0.0
---@param rate_limit key.rate_limit read
---@param limits rate_limit[] at most 8: the shortest period first
---@param cost limit_units as for take
---@return "allowed"|"refused"|"too_large" outcome as of take, if the same call took now
---@return ms period_ms the limit that decides: the one with the longest wait, else the one with the
---   fewest units left; the other values are its own
---@return units_left? remaining when allowed|refused: units that a call could take now
---@return wait_ms? retry_after_ms when allowed|refused: until the limit has the units; 0 if it has them
---@return wait_ms? reset_after_ms when allowed|refused: until the whole burst is free, without
---   further calls
---@cost O(1), at most 8 limits
---@resend safe it only reads
---@many 100
---
---@example A name that took nothing has the whole burst.
---  call   limits=[[5,1000,5]] cost=2
---  reply  outcome=allowed period_ms=1000 remaining=5 retry_after_ms=0 reset_after_ms=0
---@example A limit that has too few units says when it has them.
---  given  SET {rate_limit} "60000:{now+60000}000;"
---  call   limits=[[5,1000,5],[6,60000,6]] cost=1
---  reply  outcome=refused period_ms=60000 remaining=0 retry_after_ms=~ reset_after_ms=~
---@example More units than the burst are too large.
---  call   limits=[[5,1000,5]] cost=6
---  reply  outcome=too_large period_ms=1000
---@example A state that is not readable is an error.
---  given  SET {rate_limit} "1000:soon;"
---  call   limits=[[5,1000,5]] cost=1
---  error  CORRUPT rate limit
local function peek(rate_limit, limits, cost)
  if #limits == 0 then
    error({ err = "ARGUMENT limits: at least one" })
  end
  local clock = redis.call("TIME")
  local now_us = clock[1] * 1000000 + clock[2]
  local stored = stored_limits(redis.call("GET", rate_limit))
  local verdict, period_ms, left, wait_us, taken_us = limits_after(limits, stored, cost, now_us)
  if verdict == "too_large" then
    return verdict, period_ms
  end
  return verdict, period_ms, left, math.ceil(wait_us / 1000), math.ceil(taken_us / 1000)
end

return peek
