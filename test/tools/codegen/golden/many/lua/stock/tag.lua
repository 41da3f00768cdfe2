--- Sets what a shop says of a product, and how often.
---
---@version 1.0.0
---@param label key.label write
---@param stock key.stock write
---@param text id
---@param times units? how often; as before if it is absent
---@return "set"|"refused" outcome refused: the text is "none"
---@return units? times sometimes when set
---@cost O(1)
---@resend safe the same text is set again
---@many 100
---
---@example A label is set.
---  call   text=lamp times=3
---  reply  outcome=set times=3
---  then   GET {label} = lamp
---@example Without a number, the number stays.
---  given  HSET {stock} total 7
---  call   text=lamp
---  reply  outcome=set
---  then   HGET {stock} total = 7
---@example A label of no text is refused.
---  call   text=none
---  reply  outcome=refused
---@example A key of another type is named, and nothing is written.
---  given  SET {stock} lamp
---  call   text=lamp times=3
---  error  WRONGTYPE
local function tag(label, stock, text, times)
  if text == "none" then
    return "refused"
  end
  redis.call("HLEN", stock)
  if times then
    redis.call("HSET", stock, "total", times)
  end
  redis.call("SET", label, text)
  return "set", times
end

return tag
