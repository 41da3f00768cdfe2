local stored_integer = require("lib.stored_integer")

--- Reads products and their counts.
---
---@param fields string[] product, count, product, count …, as Redis returned them; at most 100
---   products. A field with an empty name is skipped.
---@return flat<product_views> views
local function product_counts(fields)
  local views = {}
  -- at most 101 fields
  for position = 1, #fields, 2 do
    if fields[position] ~= "" then
      views[#views + 1] = fields[position]
      views[#views + 1] = stored_integer(fields[position + 1], "views of a product", 1)
    end
  end
  return views
end

return product_counts
