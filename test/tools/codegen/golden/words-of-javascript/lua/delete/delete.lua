--- Deletes a class of things.
---
---@version 1.0.0
---@param import key.import write
---@param arguments package[]
---@param void new
---@return "done"|"default" outcome
---@return package[]? yield when done
---@cost O(1)
---@resend safe what is gone stays gone
---
---@example Nothing is there.
---  call   class=A scope=all arguments=[["B",1,"yes"]] void=1
---  reply  outcome=default
---@example Something is.
---  given  HSET {import} one 1
---  call   class=A scope=all arguments=[["B",-5,"yes"]] void=-5
---  reply  outcome=done yield=[["B",-5,"yes"]]
---  again  outcome=default
---@example No class.
---  call   class=a scope=all arguments=[["b",1,"yes"]] void=1
---  error  ARGUMENT delete.delete arguments.class
local function delete(import, arguments, void)
  if redis.call("DEL", import) == 0 or void == 0 then
    return "default"
  end
  return "done", arguments
end

return delete
