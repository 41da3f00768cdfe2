#!lua flags=allow-oom
-- stock.trim 1.0.0. Generated from lua/stock/trim.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT stock.trim expected 1 key and 0 arguments" }
end

-- From lua/stock/trim.lua:
--- Removes what a shop says of a product, if it is empty.
do
  local key = KEYS[1]
  if redis.call("GETRANGE", key, "0", "0") == "" then
    redis.call("DEL", key)
  end
  return "done"
end
