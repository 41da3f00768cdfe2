#!lua
-- stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.note expected 1 key and 1 argument" }
end
local arg_text = ARGV[1]
if #arg_text > 1024 then
  return { err = "ARGUMENT stock.note text: expected 0 to 1024 bytes" }
end

-- From lua/stock/note.lua:
--- Notes `${text}` of a product, */ and all: <b>bold</b>, one|other, `a|b`, C:\new.
do
  local label, text = KEYS[1], arg_text
  if
    string.find(text, "`", 1, true)
    or string.find(text, "${", 1, true)
    or string.find(text, [[\${]], 1, true)
  then
    return "refused"
  end
  redis.call("SET", label, "Z\195\188rich \\ " .. text)
  return { "noted", #text + 3 }
end
