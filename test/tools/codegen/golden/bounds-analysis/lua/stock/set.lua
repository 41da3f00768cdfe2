local function add_0(units)
  return units + 1
end

local function add_1(units)
  return add_0(units) + add_0(units)
end

local function add_2(units)
  return add_1(units) + add_1(units)
end

local function add_3(units)
  return add_2(units) + add_2(units)
end

local function add_4(units)
  return add_3(units) + add_3(units)
end

local function add_5(units)
  return add_4(units) + add_4(units)
end

local function add_6(units)
  return add_5(units) + add_5(units)
end

local function add_7(units)
  return add_6(units) + add_6(units)
end

local function add_8(units)
  return add_7(units) + add_7(units)
end

local function add_9(units)
  return add_8(units) + add_8(units)
end

local function add_10(units)
  return add_9(units) + add_9(units)
end

local function add_11(units)
  return add_10(units) + add_10(units)
end

local function add_12(units)
  return add_11(units) + add_11(units)
end

local function add_13(units)
  return add_12(units) + add_12(units)
end

local function add_14(units)
  return add_13(units) + add_13(units)
end

local function add_15(units)
  return add_14(units) + add_14(units)
end

local function add_16(units)
  return add_15(units) + add_15(units)
end

local function add_17(units)
  return add_16(units) + add_16(units)
end

local function add_18(units)
  return add_17(units) + add_17(units)
end

local function add_19(units)
  return add_18(units) + add_18(units)
end

--- Sets what lies on one shelf.
---
---@version 1.0.0
---@param stock key.stock write
---@param shelf id
---@param quantity units on the shelf now
---@return "set" outcome
---@cost O(1)
---@resend safe the same level is set again
---
---@example A shelf gets its level.
---  call   shelf=a1 quantity=5
---  reply  outcome=set
---  then   HGET {stock} a1 = 5
---@example A level replaces the one before.
---  given  HSET {stock} a1 7
---  call   shelf=a1 quantity=5
---  reply  outcome=set
---@example More than a shelf holds is refused.
---  call   shelf=a1 quantity=1000001
---  error  ARGUMENT stock.set quantity
local function set(stock, shelf, quantity)
  redis.call("HSET", stock, shelf, add_19(quantity))
  return "set"
end

return set
