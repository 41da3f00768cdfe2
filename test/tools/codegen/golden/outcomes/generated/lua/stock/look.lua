#!lua flags=no-writes
-- stock.look 1.2.3. Generated from lua/stock/look.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/lib/stored_units.lua:
--- Reads units that a script stored earlier; anything else stops the script.
local function stored_units(value, what)
  if not value then
    return nil
  end
  local number = string.find(value, "^%d+$") and tonumber(value)
  if not number or number > 1000000 then
    -- From lua/lib/corrupt.lua:
    --- Stops the script before it writes: what is stored is not what the keyspace says.
    local function corrupt(what)
      error({ err = "CORRUPT " .. what })
    end
    corrupt(what)
  end
  return number
end

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV ~= 1 then
  return { err = "ARGUMENT stock.look expected 2 keys and 1 argument" }
end
local arg_shelf = ARGV[1]
if arg_shelf == "" or #arg_shelf > 64 then
  return { err = "ARGUMENT stock.look shelf: expected 1 to 64 bytes" }
end
if string.find(arg_shelf, "[%c{}]") then
  return { err = "ARGUMENT stock.look shelf: expected no control characters and no braces" }
end

-- From lua/stock/look.lua:
--- Looks at one shelf.
do
  local stock, changes, shelf = KEYS[1], KEYS[2], arg_shelf
  local stored = redis.call("HMGET", stock, shelf, "after:" .. shelf)
  local quantity = stored_units(stored[1], "level")
  local next_shelf = stored[2] or nil
  local changed = redis.call("ZSCORE", changes, shelf)
  local changed_ms = changed and string.find(changed, "^%d+$") and tonumber(changed) or nil
  if not quantity then
    return { "unknown", false, false, false, false, next_shelf }
  end
  if quantity == 0 then
    return { "empty", false, false, changed_ms or false, false, next_shelf }
  end
  if quantity == 1000000 then
    return {
      "full",
      quantity or false,
      false,
      changed_ms or false,
      (changed_ms ~= nil) and 1 or 0,
      next_shelf,
    }
  end
  return {
    "open",
    quantity or false,
    1000000 - quantity,
    changed_ms or false,
    (changed_ms ~= nil) and 1 or 0,
    next_shelf,
  }
end
