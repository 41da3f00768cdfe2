/** How many elements a list may have, as an argument or in a reply. */
export const MAX_ELEMENTS = 1000;

/** A function that a wrapper may use; in Lua its name begins with `wrapper_`. */
export type Helper =
  | "refuse"
  | "next_argument"
  | "read_integer"
  | "read_text"
  | "read_flag"
  | "read_choice"
  | "read_list"
  | "read_optional"
  | "encode_optional"
  | "encode_flag"
  | "encode_flags"
  | "encode_records"
  | "encode_records_with_flags";

/** The helpers that a wrapper uses, each after those that it calls. */
export function helpers(script: string, uses: ReadonlySet<Helper>): string[] {
  const texts: readonly (readonly [Helper, string])[] = [
    [
      "refuse",
      `local function wrapper_refuse(argument, expected)
  error({ err = "ARGUMENT ${script} " .. argument .. ": expected " .. expected })
end`,
    ],
    [
      "next_argument",
      `local wrapper_position = 0
local function wrapper_next_argument()
  wrapper_position = wrapper_position + 1
  return ARGV[wrapper_position] or ""
end`,
    ],
    [
      "read_integer",
      `local function wrapper_read_integer(argument, text, min, max)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < min or number > max then
    wrapper_refuse(argument, string.format("a whole number from %.0f to %.0f", min, max))
  end
  return number
end`,
    ],
    [
      "read_text",
      `local function wrapper_read_text(argument, text, min_bytes, max_bytes, forbidden, expected)
  if #text < min_bytes or #text > max_bytes then
    wrapper_refuse(argument, string.format("%.0f to %.0f bytes", min_bytes, max_bytes))
  end
  if forbidden and string.find(text, forbidden) then
    wrapper_refuse(argument, expected)
  end
  return text
end`,
    ],
    [
      "read_flag",
      `local function wrapper_read_flag(argument, text)
  if text ~= "1" and text ~= "0" then
    wrapper_refuse(argument, "1 or 0")
  end
  return text == "1"
end`,
    ],
    [
      "read_choice",
      `local function wrapper_read_choice(argument, text, choices)
  if not choices[text] then
    wrapper_refuse(argument, "one of its choices")
  end
  return text
end`,
    ],
    [
      "read_list",
      `local function wrapper_read_list(argument, read_element)
  local list = {}
  for index = 1, wrapper_read_integer(argument, wrapper_next_argument(), 0, ${MAX_ELEMENTS}) do
    list[index] = read_element()
  end
  return list
end`,
    ],
    [
      "read_optional",
      `local function wrapper_read_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end`,
    ],
    [
      "encode_optional",
      `local function wrapper_encode_optional(value)
  if value == nil then
    return false
  end
  return value
end`,
    ],
    [
      "encode_flag",
      `local function wrapper_encode_flag(value)
  if value == nil then
    return false
  end
  return value and 1 or 0
end`,
    ],
    [
      "encode_flags",
      `local function wrapper_encode_flags(values)
  if values == nil then
    return false
  end
  local flags = {}
  for index, value in ipairs(values) do
    flags[index] = value and 1 or 0
  end
  return flags
end`,
    ],
    [
      "encode_records",
      `local function wrapper_encode_records(records, fields)
  if records == nil then
    return false
  end
  local rows = {}
  for index, record in ipairs(records) do
    rows[index] = {}
    for position, field in ipairs(fields) do
      rows[index][position] = record[field]
    end
  end
  return rows
end`,
    ],
    [
      "encode_records_with_flags",
      `local function wrapper_encode_records_with_flags(records, fields)
  if records == nil then
    return false
  end
  local rows = {}
  for index, record in ipairs(records) do
    rows[index] = {}
    for position, field in ipairs(fields) do
      local value = record[field]
      if type(value) == "boolean" then
        value = value and 1 or 0
      end
      rows[index][position] = value
    end
  end
  return rows
end`,
    ],
  ];
  return texts.filter(([helper]) => uses.has(helper)).map(([, text]) => text);
}
