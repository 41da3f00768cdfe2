#!lua flags=allow-oom
-- cart.settle 1.0.0. Generated from lua/cart/settle.lua by moonpath-codegen. DO NOT EDIT.

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

-- From lua/cart/settle.lua:
-- A cart has at most 100 lines. The other fields of its record are `state`, `fence`, `deadline_ms`,
-- `lines`, `open`, `set_aside` and `remember_ms`.
local MAX_FIELDS = 107

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 1 or #ARGV ~= 0 then
  return { err = "ARGUMENT cart.settle expected 1 key and 0 arguments" }
end

--- Says how a cart was decided, and aborts it if its attempt is undecided for too long.
do
  local cart_record = KEYS[1]
  if redis.call("HLEN", cart_record) > MAX_FIELDS then
    error({ err = "CORRUPT cart of more than 100 lines" })
  end
  local fields = redis.call("HGETALL", cart_record)
  local values, open_lines = {}, {}
  -- at most 107 fields
  for position = 1, #fields, 2 do
    local field, value = fields[position], fields[position + 1]
    values[field] = value
    local product = string.match(field, "^line:(.+)$")
    if product then
      local units, line_state = stored_line(value)
      if line_state == "open" then
        open_lines[#open_lines + 1] = { product = product, units = units }
      end
    end
  end
  local state = values.state
  if not state then
    return "unknown"
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
  local deadline = stored_integer(values.deadline_ms or "", "deadline_ms", 0, 8640000000000000)
  if state == "undecided" then
    -- From lua/lib/now_ms.lua:
    --- Returns Redis's clock, in milliseconds since 1970-01-01 UTC.
    local function now_ms()
      local clock = redis.call("TIME")
      return tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
    end
    local now = now_ms()
    if now < deadline then
      return { "undecided", false, false, deadline - now }
    end
    state = "aborted"
    redis.call("HSET", cart_record, "state", "aborted")
  elseif state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  end
  local reply_outcome, reply_fence, reply_open_lines, reply_wait_ms = state, fence, open_lines
  local wrapper_reply_open_lines = false
  if reply_open_lines then
    wrapper_reply_open_lines = {}
    for index = 1, #reply_open_lines do
      local row = reply_open_lines[index]
      wrapper_reply_open_lines[2 * index - 1] = row.product
      wrapper_reply_open_lines[2 * index] = row.units
    end
  end
  return { reply_outcome, reply_fence or false, wrapper_reply_open_lines, reply_wait_ms or false }
end
