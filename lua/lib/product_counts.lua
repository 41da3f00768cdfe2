local stored_integer = require("lib.stored_integer")

--- Reads products and their counts, by the products' names in the server's collation.
---
---@param fields string[] as Redis gave them: a product, its count, and so on; at most 1000 products, and one field of an empty name, which is none
---@return product_views[] views
local function product_counts(fields)
  local views = {}
  -- at most 1001 fields
  for position = 1, #fields, 2 do
    if fields[position] ~= "" then
      views[#views + 1] = {
        product = fields[position],
        count = stored_integer(fields[position + 1], "views of a product", 1),
      }
    end
  end
  table.sort(views, function(one, other)
    return one.product < other.product
  end)
  return views
end

return product_counts
