// Generated from lua/stock/gone.lua by moonpath. DO NOT EDIT.
