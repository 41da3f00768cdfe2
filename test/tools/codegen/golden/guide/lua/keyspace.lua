---@meta

--- The customers who have redeemed a voucher.
---@alias key.voucher string
---@pattern <namespace>:{<tenant>:<voucher>}:voucher
---@holds set
---@ttl none
---@owner voucher
