#!lua flags=allow-oom
-- stock.release 0.1.0. Generated from lua/stock/release.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/stock/release.lua:
local FIELD, OTHER = "total", "other"

--- Whether it is one of ours.
local function ours(name)
  return name == FIELD or name == OTHER
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.release expected 1 key and 1 argument" }
end
local arg_name = ARGV[1]
if arg_name ~= "total" and arg_name ~= "other" then
  return { err = "ARGUMENT stock.release name: expected one of its choices" }
end

--- Releases one of a product's totals.
do
  local stock, name = KEYS[1], arg_name
  return (ours(name) and redis.call("HDEL", stock, name) == 1) and 1 or 0
end
