--- Breaks several checks, each with a reason.
---@version 1.0.0
---@param label key.label read
---@param changes key.changes write
---@param text payload
---@return "noted" outcome
---@return units length
---@cost O(1)
---@resend safe the same text is set again
---@example A text is noted.
---  call   text=lamp
---  reply  outcome=noted length=4
---  then   GET {label} = lamp
---@example Another one.
---  call   text=shade
---  reply  outcome=noted length=5
---@example None.
---  call   text=""
---  reply  outcome=noted length=0
local function note(label, changes, text)
  -- moonpath-allow keys/access: readers of the label come later
  redis.call("SET", label, text)
  local length = redis.call("STRLEN", label)
  -- moonpath-allow order/write-before-check: a change that is lost is counted again
  redis.call("ZADD", changes, length, "length")
  -- moonpath-allow commands/channel: everybody listens here
  redis.call("PUBLISH", "golden:news", text)
  -- moonpath-allow bounds/loop: it ends with the text
  for _ in string.gmatch(text, ".") do
    length = math.max(length, 0)
  end
  -- moonpath-allow reply/float: halves of a double are whole
  return "noted", length * 2 * 0.5
end

return note
