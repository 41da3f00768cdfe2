#!lua flags=allow-oom
-- cache.invalidate_tag 1.0.0. Generated from lua/cache/invalidate_tag.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/cache/check_token.lua:
--- Refuses a text that is not the token of a tag. Stored, it would be corrupt.
local function check_token(token)
  local hard = string.match(token, "^(%x+)%.%x+$")
  if not hard or #hard ~= 12 then
    error({ err = "ARGUMENT token: expected 12 hexadecimal digits, a full stop, and 8" })
  end
end

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
  check_token(token)
  -- GET asks for the type: without it, SET would replace a key of any type.
  if redis.call("SET", cache_tag, token .. " -", "XX", "GET", "KEEPTTL") then
    return "invalidated"
  end
  return "absent"
end
