#!lua flags=allow-oom
-- version.bump 1.0.0. Generated from lua/version/bump.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 1 then
  return { err = "ARGUMENT version.bump expected 1 key and 1 argument" }
end
local arg_forgets = ARGV[1]
if arg_forgets == "" then
  arg_forgets = nil
else
  if arg_forgets ~= "1" and arg_forgets ~= "0" then
    return { err = "ARGUMENT version.bump forgets: expected 1 or 0" }
  end
  arg_forgets = arg_forgets == "1"
end

-- From lua/version/bump.lua:
--- Ends the version of a resource, because the resource has changed. The next reading gives it a new
--- one, so no tag from before matches.
do
  local version, forgets = KEYS[1], arg_forgets
  local had_token = redis.call("HEXISTS", version, "token")
  redis.call("HDEL", version, "token", "sole", forgets and "number" or "sole")
  return had_token == 1 and "bumped" or "absent"
end
