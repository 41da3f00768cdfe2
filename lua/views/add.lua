local invalid_argument = require("lib.invalid_argument")
local stored_integer = require("lib.stored_integer")

-- The upper bound of the type count.
local MAX_VIEWS = 9000000000000000

--- Counts views of one or more products, once.
---
---@version 1.0.0
---@param pending_views key.views write
---@param views_operation key.views_operation write
---@param views product_views[] the views to add
---@param remember_ms remember_ms how long the operation is remembered
---@return "added"|"repeated" outcome added: the views are counted; repeated: this operation was
---   counted before
---@cost O(P), P the given products
---@resend safe within remember_ms, an operation is counted once
---
---@example Views are counted.
---  given  HSET {views} lamp 4
---  call   operation=page-1 views=[["lamp",1],["vase",2]] remember_ms=60000
---  reply  outcome=added
---  again  outcome=repeated
---  then   HMGET {views} lamp vase = 5 2
---@example An operation that was counted before is not counted again.
---  given  HSET {views} lamp 4
---  given  SET {views_operation} counted
---  call   operation=page-1 views=[["lamp",1]] remember_ms=60000
---  reply  outcome=repeated
---@example A product may be given twice.
---  call   operation=page-1 views=[["lamp",1],["lamp",2]] remember_ms=60000
---  reply  outcome=added
---  again  outcome=repeated
---  then   HGET {views} lamp = 3
---@example A corrupt count is an error, and nothing is written.
---  given  HSET {views} vase many
---  call   operation=page-1 views=[["lamp",1],["vase",2]] remember_ms=60000
---  error  CORRUPT views of a product
local function add(pending_views, views_operation, views, remember_ms)
  if redis.call("GET", views_operation) then
    return "repeated"
  end

  local totals = {}
  -- at most 1000 products
  for _, view in ipairs(views) do
    local before = totals[view.product]
    if not before then
      before = stored_integer(redis.call("HGET", pending_views, view.product), "views of a product") or 0
    end
    totals[view.product] = before + view.count
    if totals[view.product] > MAX_VIEWS then
      invalid_argument("views.add views: the views of a product stay below 9 * 10^15")
    end
  end

  -- at most 1000 products
  for product, total in pairs(totals) do
    redis.call("HSET", pending_views, product, total)
  end
  redis.call("SET", views_operation, "counted", "PX", remember_ms)
  return "added"
end

return add
