#!lua
-- views.add 1.0.0. Generated from lua/views/add.lua by moonpath-codegen. DO NOT EDIT.

-- From lua/views/add.lua:
-- The upper bound of the type count.
local MAX_VIEWS = 9000000000000000

-- Generated: reads and checks KEYS and ARGV.
if #KEYS ~= 2 or #ARGV < 2 then
  return { err = "ARGUMENT views.add expected 2 keys and at least 2 arguments" }
end
local wrapper_position
local arg_views = {}
do
  local wrapper_count = tonumber(ARGV[1])
  if not wrapper_count or wrapper_count < 0 or wrapper_count > 100 or wrapper_count % 1 ~= 0 then
    return { err = "ARGUMENT views.add views: expected a whole number from 0 to 100" }
  end
  if #ARGV ~= 2 + 2 * wrapper_count then
    return { err = "ARGUMENT views.add expected as many arguments as its lists say" }
  end
  for index = 1, wrapper_count do
    local field_product = ARGV[2 * index]
    if field_product == "" or #field_product > 256 then
      return { err = "ARGUMENT views.add views.product: expected 1 to 256 bytes" }
    end
    if string.find(field_product, "[%c{}]") then
      return { err = "ARGUMENT views.add views.product: expected no control characters and no braces" }
    end
    local field_count = tonumber(ARGV[1 + 2 * index])
    if not field_count or field_count < 1 or field_count > 9000000000000000 or field_count % 1 ~= 0 then
      return { err = "ARGUMENT views.add views.count: expected a whole number from 1 to 9000000000000000" }
    end
    arg_views[index] = { product = field_product, count = field_count }
  end
  wrapper_position = 1 + 2 * wrapper_count
end
local arg_remember_ms_digits = ARGV[wrapper_position + 1]
local arg_remember_ms = string.find(arg_remember_ms_digits, "^[1-9]%d*$") and tonumber(arg_remember_ms_digits)
if not arg_remember_ms or arg_remember_ms < 1000 or arg_remember_ms > 31622400000 then
  return { err = "ARGUMENT views.add remember_ms: expected a whole number from 1000 to 31622400000" }
end

--- Counts views of one or more products, once.
do
  local pending_views, views_operation, views, remember_ms, remember_ms_digits =
    KEYS[1], KEYS[2], arg_views, arg_remember_ms, arg_remember_ms_digits
  if #views == 0 then
    return "added"
  end
  -- A product may be given twice.
  local products, counts, distinct = {}, {}, 0
  -- at most 100 products
  for index = 1, #views do
    local view = views[index]
    local product = view.product
    local count = counts[product]
    if not count then
      count = 0
      distinct = distinct + 1
      products[distinct] = product
    end
    counts[product] = count + view.count
  end

  -- at most 100 products
  local stored = redis.call("HMGET", pending_views, unpack(products))
  local totals = {}
  -- at most 100 products
  for position = 1, distinct do
    local product = products[position]
    local before = tonumber(stored[position] or "0")
    if not before or before % 1 ~= 0 or before < 0 or before > MAX_VIEWS then
      error({ err = "CORRUPT views of a product" })
    end
    local total = before + counts[product]
    if total > MAX_VIEWS then
      if redis.call("GET", views_operation) then
        return "repeated"
      end
      error({ err = "ARGUMENT views.add views: the views of a product stay below 9 * 10^15" })
    end
    totals[2 * position - 1], totals[2 * position] = product, string.format("%d", total)
  end

  if redis.call("SET", views_operation, "counted", "NX", "GET", "PX", remember_ms_digits) then
    return "repeated"
  end
  -- at most 200 texts
  redis.call("HSET", pending_views, unpack(totals))
  return "added"
end
