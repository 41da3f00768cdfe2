#!lua flags=allow-oom
-- delete.delete 1.0.0. Generated from lua/delete/delete.lua by moonpath-codegen. DO NOT EDIT.

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV < 2 then
  return { err = "ARGUMENT delete.delete expected 1 key and at least 2 arguments" }
end
local wrapper_position
local arg_arguments = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 1000 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT delete.delete arguments: expected a whole number from 0 to 1000" }
  end
  if #ARGV ~= 2 + 3 * wrapper_count then
    return { err = "ARGUMENT delete.delete expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_class = ARGV[-1 + 3 * index]
    if field_class == "" or #field_class > 8 then
      return { err = "ARGUMENT delete.delete arguments.class: expected 1 to 8 bytes" }
    end
    if string.find(field_class, "[^A-Z]") then
      return { err = "ARGUMENT delete.delete arguments.class: expected letters A to Z" }
    end
    local field_new = tonumber(ARGV[3 * index])
    if not field_new or field_new < -5 or field_new > 5 or field_new % 1 ~= 0 then
      return { err = "ARGUMENT delete.delete arguments.new: expected a whole number from -5 to 5" }
    end
    local field_default = ARGV[1 + 3 * index]
    if field_default ~= "yes" and field_default ~= "no" and field_default ~= "default" then
      return { err = "ARGUMENT delete.delete arguments.default: expected one of its choices" }
    end
    arg_arguments[index] = { class = field_class, new = field_new, default = field_default }
  end
  wrapper_position = 1 + 3 * wrapper_count
end
local arg_void = tonumber(ARGV[wrapper_position + 1])
if not arg_void or arg_void < -5 or arg_void > 5 or arg_void % 1 ~= 0 then
  return { err = "ARGUMENT delete.delete void: expected a whole number from -5 to 5" }
end

-- From lua/delete/delete.lua:
--- Deletes a class of things.
do
  local import, arguments, void = KEYS[1], arg_arguments, arg_void
  if redis.call("DEL", import) == 0 or void == 0 then
    return "default"
  end
  local reply_outcome, reply_yield = "done", arguments
  local wrapper_reply_yield = false
  if reply_yield then
    wrapper_reply_yield = {}
    for index = 1, #reply_yield do
      local row = reply_yield[index]
      wrapper_reply_yield[3 * index - 2] = row.class
      wrapper_reply_yield[3 * index - 1] = row.new
      wrapper_reply_yield[3 * index] = row.default
    end
  end
  return { reply_outcome, wrapper_reply_yield }
end
