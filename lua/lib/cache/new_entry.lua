local check_hex = require("lib.cache.check_hex")
local now_ms = require("lib.now_ms")

--- Makes the text of an entry: its header line and its value.
---
---@param coding string the codec and the compression, one character each
---@param fill_id string
---@param tokens string the tokens of its tags
---@param value string
---@param fresh_ms integer how long it is fresh from now on
---@return string entry
local function new_entry(coding, fill_id, tokens, value, fresh_ms)
  check_hex("fill_id", fill_id)
  if string.find(coding, " ", 1, true) then
    error({ err = "ARGUMENT coding: expected no space" })
  end
  if string.find(tokens, "\n", 1, true) then
    error({ err = "ARGUMENT tokens: expected no line break" })
  end
  return string.format("1%s %013d %s %s\n", coding, now_ms() + fresh_ms, fill_id, tokens) .. value
end

return new_entry
