#!lua flags=allow-oom
-- version.bump 1.0.0. Generated from lua/version/bump.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT version.bump expected 1 key and 0 arguments" }
end

-- From lua/version/bump.lua:
--- Ends the version of a resource, because the resource has changed. The next reading gives it a new
--- one, so no tag from before matches.
do
  local version = KEYS[1]
  local had_token = redis.call("HEXISTS", version, "token")
  redis.call("HDEL", version, "token", "sole")
  return had_token == 1 and "bumped" or "absent"
end
