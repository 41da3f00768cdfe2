#!lua flags=allow-oom
-- cache.invalidate_tag 1.0.0. Generated from lua/cache/invalidate_tag.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT cache.invalidate_tag expected 1 key and 1 argument" }
end
local arg_token = ARGV[1]
if #arg_token < 21 or #arg_token > 21 then
  return { err = "ARGUMENT cache.invalidate_tag token: expected 21 to 21 bytes" }
end
if string.find(arg_token, "[%c{}]") then
  return { err = "ARGUMENT cache.invalidate_tag token: expected no control characters and no braces" }
end

-- From lua/cache/invalidate_tag.lua:
--- Invalidates all entries with a tag: afterwards none of them is a hit. The tag `*` has all entries of
--- the tenant.
do
  local cache_tag, token = KEYS[1], arg_token
  if redis.call("SET", cache_tag, token .. " -", "XX", "KEEPTTL") then
    return "invalidated"
  end
  return "absent"
end
