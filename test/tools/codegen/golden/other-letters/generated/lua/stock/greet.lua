#!lua
-- stock.greet 1.0.0. Generated from lua/stock/greet.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/greet.lua:
-- Grüße, 挨拶, 🙂
local GREETING = "Grüße, 挨拶, 🙂"

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.greet expected 1 key and 0 arguments" }
end

--- Greets in letters of other languages: ä, 挨, 🙂.
do
  local label = KEYS[1]
  redis.call("SET", label, GREETING) -- 🙂
  return "greeted"
end
