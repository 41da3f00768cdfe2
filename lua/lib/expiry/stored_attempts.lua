local stored_integer = require("lib.stored_integer")

--- Reads the text of an item in `attempts`: the number of its claims, and what track noted.
---
--- Its forms are `3`, `3 since <first>`, `3 again <due>` and `3 again <due> since <first>`.
---
---@param text string|false as Redis returned it
---@return integer|nil count nil: no text is stored
---@return integer|nil again_ms the item was tracked while it was claimed: when it is due again
---@return integer|nil since_ms the first trigger that track debounced since the last claim
local function stored_attempts(text)
  if not text or not string.find(text, " ", 1, true) then
    return stored_integer(text, "attempts")
  end
  local count, rest = string.match(text, "^(%d+)( .+)$")
  local again = string.match(rest or "", "^ again (%d+)")
  local since = string.match(rest or "", "^ since (%d+)$")
    or string.match(rest or "", "^ again %d+ since (%d+)$")
  local read = (again and " again " .. again or "") .. (since and " since " .. since or "")
  if read ~= rest then
    error({ err = "CORRUPT attempts" })
  end
  return stored_integer(count or false, "attempts"),
    stored_integer(again or false, "attempts"),
    stored_integer(since or false, "attempts")
end

return stored_attempts
