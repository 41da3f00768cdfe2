--- Notes `${text}` of a product, */ and all: <b>bold</b>, one|other, `a|b`, C:\new.
---
--- The rest says optional( and types. and choiceType(; a ``` too, and ∑ Zürich 東京.
---
---@version 1.0.0
---@param label key.label write a <label>|sign, /* or not */
---@param text payload `types.id` or optional(id) | both
---@return "noted"|"refused" outcome refused: it holds a ` or a ${ */
---@return units? bytes when noted: of ${text} | `text`
---@cost O(1) | O(N), `N` the <bytes>
---@resend safe the same text | is set again
---
---@example A text | of <any> kind, ${x} and `y` and \n.
---  given  SET {label} "```"
---  call   text="a\\b | c"
---  reply  outcome=noted bytes=10
---  then   GET {label} = "Zürich \\ a\\b | c"
---@example A backtick.
---  call   text="`"
---  reply  outcome=refused
---@example A template.
---  call   text="${x}"
---  reply  outcome=refused
local function note(label, text)
  if
    string.find(text, "`", 1, true)
    or string.find(text, "${", 1, true)
    or string.find(text, [[\${]], 1, true)
  then
    return "refused"
  end
  redis.call("SET", label, "Z\195\188rich \\ " .. text)
  return "noted", #text + 3
end

return note
