#!lua flags=no-writes
-- cart.read 1.0.0. Generated from lua/cart/read.lua by moonpath-codegen. DO NOT EDIT.
-- The many form: up to 20 calls in one run. An error ends only its own call.

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

-- From lua/cart/read.lua:
-- A cart has at most 100 lines. The other fields of its record are `state`, `fence`, `deadline_ms`,
-- `lines`, `open`, `set_aside` and `remember_ms`.
local MAX_FIELDS = 107

-- Generated: KEYS has the keys of all calls, one call after the other.
local wrapper_calls = #KEYS
if wrapper_calls < 1 or wrapper_calls > 20 or #ARGV ~= 0 then
  return { err = "ARGUMENT cart.read expected 1 to 20 calls, each with 1 key and 0 arguments" }
end
-- Locals cost less than globals.
local KEYS, xpcall, type = KEYS, xpcall, type
-- How many keys stand before those of the call that runs.
local wrapper_keys = 0

-- Generated: reads and checks the keys and the arguments of one call.
local function wrapper_call()
  --- Reads how a cart was decided, and how far its lines have followed.
  do
    local cart_record = KEYS[wrapper_keys + 1]
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
    local fence = stored_integer(values.fence or "", "fence", 1)
    table.sort(products)
    local lines = {}
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
    return reply_outcome, reply_fence or false, wrapper_reply_lines
  end
end

-- Generated: makes an error the reply of its call, with the line that raised it, as Redis does for a
-- single call.
local function wrapper_failed(failure)
  if type(failure) ~= "table" then
    return { err = "ERR " .. tostring(failure) }
  end
  -- The levels above: 1 is pcall, 2 this function, 3 error or redis.call, 4 the line that called it.
  local _, where = pcall(error, "", 4)
  return {
    err = tostring(failure.err) .. " at " .. tostring(where),
    ignore_error_stats_update = failure.ignore_error_stats_update,
  }
end

-- Generated: runs the calls in their order. The reply is a list. First comes one text: the values of
-- all calls as a flat list in MessagePack, 3 values for each call. Then come the errors of the
-- calls whose first value is true.
local wrapper_values, wrapper_at, wrapper_reply = {}, 0, { false }
for _ = 1, wrapper_calls do
  local _, reply_1, reply_2, reply_3 = xpcall(wrapper_call, wrapper_failed)
  if type(reply_1) == "table" and reply_1.err then
    wrapper_reply[#wrapper_reply + 1] = reply_1
    reply_1 = true
  end
  -- A nil would end the list.
  wrapper_values[wrapper_at + 1] = reply_1 or false
  wrapper_values[wrapper_at + 2] = reply_2 or false
  wrapper_values[wrapper_at + 3] = reply_3 or false
  wrapper_at = wrapper_at + 3
  wrapper_keys = wrapper_keys + 1
end
wrapper_reply[1] = cmsgpack.pack(wrapper_values)
return wrapper_reply
