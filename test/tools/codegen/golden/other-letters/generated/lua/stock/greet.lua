#!lua
-- stock.greet 1.0.0. Generated from lua/stock/greet.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/greet.lua:
-- Grüße, 挨拶, 🙂
local GREETING = "Grüße, 挨拶, 🙂"

--- Greets in letters of other languages: ä, 挨, 🙂.
local function greet(label)
  redis.call("SET", label, GREETING) -- 🙂
  return "greeted"
end

-- Generated: reads KEYS and ARGV, calls the function and encodes its reply.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.greet expected 1 key and 0 arguments" }
end
local reply_outcome = greet(KEYS[1])
return { reply_outcome }
