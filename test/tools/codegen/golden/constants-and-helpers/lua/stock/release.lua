local FIELD, OTHER = "total", "other"

--- Whether it is one of ours.
local function ours(name)
  return name == FIELD or name == OTHER
end

--- Releases one of a product's totals.
---
---@version 0.1.0
---@param stock key.stock write
---@param name "total"|"other"
---@return flag released
---@cost O(1)
---@resend never the answer tells whether it was there
---
---@example A total that is there.
---  given  HSET {stock} total 5
---  call   name=total
---  reply  released=yes
---@example One that is not.
---  call   name=other
---  reply  released=no
---@example One of another name.
---  call   name=level
---  error  ARGUMENT stock.release name
local function release(stock, name)
  return ours(name) and redis.call("HDEL", stock, name) == 1
end

return release
