#!lua flags=no-writes
-- stock.label 1.0.0. Generated from lua/stock/label.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/label.lua:
--- Reads a product's label.
local function label(of)
  local text = redis.call("GET", of)
  if not text then
    return "unknown"
  end
  return "known", text
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.label expected 1 key and 0 arguments" }
end
local reply_outcome, reply_text = label(KEYS[1])
return { reply_outcome, reply_text or false }
