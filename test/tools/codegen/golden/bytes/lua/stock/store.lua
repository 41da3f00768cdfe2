--- Stores the value of a label.
---
---@version 1.0.0
---@param label key.label write
---@param stock key.stock write
---@param body entry_body what `fetch` returns
---@param sum checksum
---@param preview entry_body? a smaller value; as before if it is absent
---@param times units
---@return entry_body? before sometimes: the value that was replaced
---@cost O(1)
---@resend safe the same value is stored again
---@many 10
---
---@example A value is stored.
---  call   body="a b" sum=aaaa times=3
---  reply
---  again  before="a b"
---  then   GET {label} = "a b"
---@example A value replaces the one before. The preview stays.
---  given  SET {label} old
---  given  HSET {stock} preview small
---  call   body=old sum="\u0000\u0001\u0002\u0003" times=3
---  reply  before=old
---  then   HGET {stock} preview = small
---@example A checksum of another length is refused.
---  call   body=new sum=aaa times=3
---  error  ARGUMENT stock.store sum
local function store(label, stock, body, sum, preview, times)
  local before = redis.call("GET", label)
  redis.call("HSET", stock, "total", times, "sum", sum)
  if preview then
    redis.call("HSET", stock, "preview", preview)
  end
  redis.call("SET", label, body)
  return before or nil
end

return store
