--- Empties shelves.
---
---@version 1.0.0
---@param stock key.stock write
---@param shelves id[]
---@return "cleared" outcome
---@cost O(S), S the shelves
---@resend safe an empty shelf stays empty
---
---@example A shelf is empty.
---  given  HSET {stock} a1 7
---  call   shelves=["a1"]
---  reply  outcome=cleared
---  then   EXISTS {stock} = 0
---@example Another shelf stays.
---  given  HSET {stock} a1 7 b1 5
---  call   shelves=["a1"]
---  reply  outcome=cleared
---  then   HGET {stock} b1 = 5
---@example A key of another type is an error.
---  given  SET {stock} a1
---  call   shelves=["a1"]
---  error  WRONGTYPE
local function clear(stock, shelves)
  -- at most 1000 shelves
  for _, shelf in ipairs(shelves) do
    redis.call("HDEL", stock, shelf)
  end
  return "cleared"
end

return clear
