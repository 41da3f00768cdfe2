--- Removes shelves.
---
---@version 1.0.0
---@param stock key.stock write
---@param shelves id[] at most 250: the shelves to remove
---@return "removed" outcome
---@cost O(S), S the shelves
---@resend safe a removed shelf stays removed
---
---@example A shelf is removed.
---  given  HSET {stock} a1 7
---  call   shelves=["a1"]
---  reply  outcome=removed
---@example No shelf is given.
---  call   shelves=[]
---  reply  outcome=removed
---@example A key of another type is an error.
---  given  SET {stock} a1
---  call   shelves=["a1"]
---  error  WRONGTYPE
local function remove(stock, shelves)
  if #shelves > 0 then
    redis.call("HDEL", stock, unpack(shelves))
  end
  return "removed"
end

return remove
