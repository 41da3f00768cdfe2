---@meta

--- A product's stock: one field a shelf, and the `total` of them.
---@alias key.stock string
---@pattern <namespace>:{<tenant>:<product>}:stock
---@holds hash
---@ttl none
---@owner stock
---@corrupt total: look HGETALL {stock}; repair HSET {stock} total <sum of the shelves>; delete {stock}
---@corrupt level: look HGETALL {stock}; repair HSET {stock} <shelf> <units>; delete {stock}

--- What a shop says of a product.
---@alias key.label string
---@pattern <namespace>:{<tenant>:<product>}:label
---@holds string
---@ttl none
---@owner stock

--- The operations that changed a product's stock, by their instant.
---@alias key.changes string
---@pattern <namespace>:{<tenant>:<product>}:changes
---@holds zset
---@ttl none
---@owner stock

--- The products in one customer's basket.
---@alias key.basket string
---@pattern <namespace>:{<tenant>:<customer>}:basket
---@holds set
---@ttl none
---@owner basket

--- Holds something.
---@alias key.new string
---@pattern <namespace>:{<tenant>:<checksum>}:new
---@holds hash
---@ttl none
---@owner stock
