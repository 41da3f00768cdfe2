---@meta

--- The customers who have redeemed a coupon.
---@alias key.coupon string
---@pattern <namespace>:{<tenant>:<coupon>}:coupon
---@holds set
---@ttl none
---@owner coupon
