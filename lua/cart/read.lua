local stored_integer = require("lib.stored_integer")
local stored_line = require("lib.cart.stored_line")

-- A cart has at most 100 lines. The other fields of its record are `state`, `fence`, `deadline_ms`,
-- `lines`, `open`, `set_aside` and `remember_ms`.
local MAX_FIELDS = 107

--- Reads how a cart was decided, and how far its lines have followed.
---
---@version 1.0.0
---@param cart_record key.cart_record read
---@return "committed"|"aborted"|"undecided"|"unknown" outcome unknown: no attempt to commit it is known
---@return fence? fence when committed|aborted|undecided: of the latest attempt
---@return recorded_line[]? lines when committed|aborted|undecided: sorted by product
---@cost O(L log L), L the lines, at most 100
---@resend safe it only reads
---@many 20
---
---@example A committed cart with one line that has not followed.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 2 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 finished" line:vase "1 open"
---  call
---  reply  outcome=committed fence=7 lines=[["lamp",2,"finished"],["vase",1,"open"]]
---@example No attempt to commit the cart is known.
---  call
---  reply  outcome=unknown
---@example A corrupt line is an error.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 1 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 perhaps"
---  call
---  error  CORRUPT line of a cart
local function read(cart_record)
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
  return state, fence, lines
end

return read
