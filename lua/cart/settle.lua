local now_ms = require("lib.now_ms")
local stored_integer = require("lib.stored_integer")
local stored_line = require("lib.cart.stored_line")

-- A cart has at most 100 lines. The other fields of its record are `state`, `fence`, `deadline_ms`,
-- `lines`, `open`, `set_aside` and `remember_ms`.
local MAX_FIELDS = 107

--- Says how a cart was decided, and aborts it if its attempt is undecided for too long.
---
--- Reading and writing are one step: a record that says committed is never aborted. The caller then
--- sells or gives back the open lines, and reports them by finish.
---
---@version 1.0.0
---@param cart_record key.cart_record write
---@return "committed"|"aborted"|"undecided"|"unknown" outcome committed: sell the open lines; aborted: give
---   them back; undecided: the attempt still has time; unknown: there is no record, so give lines back
---@return fence? fence when committed|aborted: of the attempt
---@return cart_line[]? open_lines when committed|aborted: those that have not followed yet
---@return wait_ms? wait_ms when undecided: until the attempt is over
---@cost O(L), L the lines, at most 100
---@oom runs it changes one short field
---@resend safe a decided cart stays decided
---@role worker
---
---@example A committed cart with one line that has not followed.
---  given  HSET {cart_record} state committed fence 7 deadline_ms {now-1} lines 2 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 finished" line:vase "1 open"
---  call
---  reply  outcome=committed fence=7 open_lines=[["vase",1]]
---@example The attempt still has time.
---  given  HSET {cart_record} state undecided fence 7 deadline_ms {now+9000} lines 1 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 open"
---  call
---  reply  outcome=undecided wait_ms=~
---@example An attempt whose time is over is aborted.
---  given  HSET {cart_record} state undecided fence 7 deadline_ms {now-1} lines 1 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "2 open"
---  call
---  reply  outcome=aborted fence=7 open_lines=[["lamp",2]]
---  then   HGET {cart_record} state = aborted
---@example Without a record, nothing was committed.
---  call
---  reply  outcome=unknown
---@example A corrupt line is an error, and nothing is written.
---  given  HSET {cart_record} state undecided fence 7 deadline_ms {now-1} lines 1 open 1 set_aside 0
---  given  HSET {cart_record} remember_ms 3600000 line:lamp "many open"
---  call
---  error  CORRUPT line of a cart
local function settle(cart_record)
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
  local fence = stored_integer(values.fence or "", "fence", 1)
  local deadline = stored_integer(values.deadline_ms or "", "deadline_ms", 0, 8640000000000000)
  if state == "undecided" then
    local now = now_ms()
    if now < deadline then
      return "undecided", nil, nil, deadline - now
    end
    state = "aborted"
    redis.call("HSET", cart_record, "state", "aborted")
  elseif state ~= "committed" and state ~= "aborted" then
    error({ err = "CORRUPT state" })
  end
  return state, fence, open_lines
end

return settle
