#!lua
-- stock.note 1.0.0. Generated from lua/stock/note.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.note expected 2 keys and 1 argument" }
end
local arg_text = ARGV[1]
if #arg_text > 1024 then
  return { err = "ARGUMENT stock.note text: expected 0 to 1024 bytes" }
end

-- From lua/stock/note.lua:
--- Breaks several checks, each with a reason.
do
  local label, changes, text = KEYS[1], KEYS[2], arg_text
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
  return { "noted", length * 2 * 0.5 }
end
