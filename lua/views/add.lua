-- The upper bound of the type count.
local MAX_VIEWS = 9000000000000000

--- Counts views of one or more products, once.
---
--- An operation belongs to one list of views. Another list with the same operation is "repeated", and
--- its views are lost, because the script remembers only the operation. Give each list a new one.
---
---@version 1.0.0
---@param pending_views key.views write
---@param views_operation key.views_operation write
---@param views product_views[] at most 100: the views to add
---@param remember_ms remember_ms how long the operation is remembered
---@return "added"|"repeated" outcome added: the views are counted; repeated: this operation has
---   counted a list before, and nothing is counted
---@cost O(P), P the given products
---@resend safe within remember_ms, because an operation is counted once; after that, the same call
---   counts as a new one
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
---@example Another list with the same operation is not counted.
---  given  HSET {views} lamp 4
---  given  SET {views_operation} counted
---  call   operation=page-1 views=[["vase",7]] remember_ms=60000
---  reply  outcome=repeated
---  then   HGETALL {views} = lamp 4
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

  if redis.call("SET", views_operation, "counted", "NX", "GET", "PX", remember_ms) then
    return "repeated"
  end
  -- at most 200 texts
  redis.call("HSET", pending_views, unpack(totals))
  return "added"
end

return add
