#!lua flags=no-writes
-- cart.read 1.0.0. Generated from lua/cart/read.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/cart/read.lua:
-- A cart has at most 100 lines. The other fields of its record are `state`, `fence`, `deadline_ms`,
-- `lines`, `open`, `set_aside` and `remember_ms`.
local MAX_FIELDS = 107

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cart.read expected 1 key and 0 arguments" }
end

--- Reads how a cart was decided, and how far its lines have followed.
do
  local cart_record = KEYS[1]
  if redis.call("HLEN", cart_record) > MAX_FIELDS then
    error({ err = "CORRUPT cart of more than 100 lines" })
  end
  local fields = redis.call("HGETALL", cart_record)
  local values, products = {}, {}
  -- at most 107 fields
  for position = 1, #fields, 2 do
    local field = fields[position]
    values[field] = fields[position + 1]
    local product = string.match(field, "^line:(.+)$")
    if product then
      products[#products + 1] = product
    end
  end
  local state = values.state
  if not state then
    return "unknown"
  elseif state ~= "committed" and state ~= "aborted" and state ~= "undecided" then
    error({ err = "CORRUPT state" })
  end
  -- From lua/lib/stored_integer.lua:
  --- Reads an integer that a script stored earlier. Any other value, or one out of bounds, ends the
  --- script. `tonumber` also reads forms such as 1e3, which no script stores.
  local function stored_integer(value, what, min, max)
    -- 2^53 - 1, the upper bound of the type sequence: above it, Lua's numbers are no longer exact.
    local MAX_EXACT = 9007199254740991
    if not value then
      return nil
    end
    local number = tonumber(value)
    if not number or number % 1 ~= 0 or number < (min or 0) or number > (max or MAX_EXACT) then
      error({ err = "CORRUPT " .. what })
    end
    return number
  end
  local fence = stored_integer(values.fence or "", "fence", 1)
  table.sort(products)
  local lines = {}
  -- From lua/lib/cart/stored_line.lua:
  --- Reads the stored text of a cart's line, such as `2 open`.
  local function stored_line(value)
    -- The upper bound of the type quantity.
    local MAX_LINE_UNITS = 1000000000000
    local stored_units, state = string.match(value, "^(%d+) ([%l_]+)$")
    local units = tonumber(stored_units)
    if units and units >= 1 and units <= MAX_LINE_UNITS then
      if state == "open" or state == "finished" or state == "set_aside" or state == "discarded" then
        return units, state
      end
    end
    error({ err = "CORRUPT line of a cart" })
  end
  -- at most 100 lines
  for position, product in ipairs(products) do
    local units, line_state = stored_line(values["line:" .. product])
    lines[position] = { product = product, units = units, state = line_state }
  end
  local reply_outcome, reply_fence, reply_lines = state, fence, lines
  local wrapper_reply_lines = false
  if reply_lines then
    wrapper_reply_lines = {}
    for index = 1, #reply_lines do
      local row = reply_lines[index]
      wrapper_reply_lines[3 * index - 2] = row.product
      wrapper_reply_lines[3 * index - 1] = row.units
      wrapper_reply_lines[3 * index] = row.state
    end
  end
  return { reply_outcome, reply_fence or false, wrapper_reply_lines }
end
