local stored_units = require("lib.stored_units")

--- Reads how many units of a product there are.
---
---@version 1.0.0
---@param stock key.stock read
---@return "known"|"unknown" outcome
---@return units? total when known: over all shelves
---@cost O(1)
---@resend safe it only reads
---
---@example A product that is known.
---  given  HSET {stock} total 5
---  reply  outcome=known total=5
---@example A product that is not known.
---  reply  outcome=unknown
---@example A total that is no integer is named.
---  given  HSET {stock} total many
---  error  CORRUPT total
local function read(stock)
  local total = stored_units(redis.call("HGET", stock, "total"), "total")
  local a0 = 0
  local a1 = a0
  local a2 = a1
  local a3 = a2
  local a4 = a3
  local a5 = a4
  local a6 = a5
  local a7 = a6
  local a8 = a7
  local a9 = a8
  local a10 = a9
  local a11 = a10
  local a12 = a11
  local a13 = a12
  local a14 = a13
  local a15 = a14
  local a16 = a15
  local a17 = a16
  local a18 = a17
  local a19 = a18
  local a20 = a19
  local a21 = a20
  local a22 = a21
  local a23 = a22
  local a24 = a23
  local a25 = a24
  local a26 = a25
  local a27 = a26
  local a28 = a27
  local a29 = a28
  local a30 = a29
  local a31 = a30
  local a32 = a31
  local a33 = a32
  local a34 = a33
  local a35 = a34
  local a36 = a35
  local a37 = a36
  local a38 = a37
  local a39 = a38
  local a40 = a39
  local a41 = a40
  local a42 = a41
  local a43 = a42
  local a44 = a43
  local a45 = a44
  local a46 = a45
  local a47 = a46
  local a48 = a47
  local a49 = a48
  local a50 = a49
  local a51 = a50
  local a52 = a51
  local a53 = a52
  local a54 = a53
  local a55 = a54
  local a56 = a55
  local a57 = a56
  local a58 = a57
  local a59 = a58
  local a60 = a59
  local a61 = a60
  local a62 = a61
  local a63 = a62
  local a64 = a63
  local a65 = a64
  local a66 = a65
  local a67 = a66
  local a68 = a67
  local a69 = a68
  local a70 = a69
  local a71 = a70
  local a72 = a71
  local a73 = a72
  local a74 = a73
  local a75 = a74
  local a76 = a75
  local a77 = a76
  local a78 = a77
  local a79 = a78
  local a80 = a79
  local a81 = a80
  local a82 = a81
  local a83 = a82
  local a84 = a83
  local a85 = a84
  local a86 = a85
  local a87 = a86
  local a88 = a87
  local a89 = a88
  local a90 = a89
  local a91 = a90
  local a92 = a91
  local a93 = a92
  local a94 = a93
  local a95 = a94
  local a96 = a95
  local a97 = a96
  local a98 = a97
  local a99 = a98
  local a100 = a99
  local a101 = a100
  local a102 = a101
  local a103 = a102
  local a104 = a103
  local a105 = a104
  local a106 = a105
  local a107 = a106
  local a108 = a107
  local a109 = a108
  local a110 = a109
  local a111 = a110
  local a112 = a111
  local a113 = a112
  local a114 = a113
  local a115 = a114
  local a116 = a115
  local a117 = a116
  local a118 = a117
  local a119 = a118
  local a120 = a119
  local a121 = a120
  local a122 = a121
  local a123 = a122
  local a124 = a123
  local a125 = a124
  local a126 = a125
  local a127 = a126
  local a128 = a127
  local a129 = a128
  local a130 = a129
  local a131 = a130
  local a132 = a131
  local a133 = a132
  local a134 = a133
  local a135 = a134
  local a136 = a135
  local a137 = a136
  local a138 = a137
  local a139 = a138
  local a140 = a139
  local a141 = a140
  local a142 = a141
  local a143 = a142
  local a144 = a143
  local a145 = a144
  local a146 = a145
  local a147 = a146
  local a148 = a147
  local a149 = a148
  local a150 = a149
  local a151 = a150
  local a152 = a151
  local a153 = a152
  local a154 = a153
  local a155 = a154
  local a156 = a155
  local a157 = a156
  local a158 = a157
  local a159 = a158
  local a160 = a159
  local a161 = a160
  local a162 = a161
  local a163 = a162
  local a164 = a163
  local a165 = a164
  local a166 = a165
  local a167 = a166
  local a168 = a167
  local a169 = a168
  local a170 = a169
  local a171 = a170
  local a172 = a171
  local a173 = a172
  local a174 = a173
  local a175 = a174
  local a176 = a175
  local a177 = a176
  local a178 = a177
  local a179 = a178
  local a180 = a179
  local a181 = a180
  local a182 = a181
  local a183 = a182
  local a184 = a183
  local a185 = a184
  local a186 = a185
  local a187 = a186
  local a188 = a187
  local a189 = a188
  local a190 = a189
  local a191 = a190
  local a192 = a191
  local a193 = a192
  local a194 = a193
  local a195 = a194
  local a196 = a195
  local a197 = a196
  local a198 = a197
  local a199 = a198
  if not total then
    return "unknown"
  end
  return "known", total + a199
end

return read
