---@meta

--- Names one thing: a voucher, a customer.
---@alias id string
---@range 1..256
---@charset key

--- How often a voucher may be redeemed.
---@alias uses integer
---@range 0..1000000
---@unit uses
