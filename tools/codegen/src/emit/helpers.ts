/** How many elements a list may have, as an argument or in a reply. */
export const MOST_ELEMENTS = 1000;

/** A function that an edge may use, `edge_refuse` and so on. */
export type Helper =
  | "refuse"
  | "next"
  | "integer"
  | "text"
  | "flag"
  | "choice"
  | "list"
  | "optional"
  | "absent"
  | "reply_flag"
  | "flags"
  | "rows"
  | "flagged_rows";

/** The helpers that an edge uses, in the order in which they need each other. */
export function helpers(script: string, uses: ReadonlySet<Helper>): string[] {
  const texts: readonly (readonly [Helper, string])[] = [
    [
      "refuse",
      `local function edge_refuse(argument, expected)
  error({ err = "ARGUMENT ${script} " .. argument .. ": expected " .. expected })
end`,
    ],
    [
      "next",
      `local edge_position = 0
local function edge_next()
  edge_position = edge_position + 1
  return ARGV[edge_position] or ""
end`,
    ],
    [
      "integer",
      `local function edge_integer(argument, text, least, greatest)
  local number = #text <= 17 and (text == "0" or string.find(text, "^-?[1-9]%d*$")) and tonumber(text)
  if not number or number < least or number > greatest then
    edge_refuse(argument, string.format("a whole number from %.0f to %.0f", least, greatest))
  end
  return number
end`,
    ],
    [
      "text",
      `local function edge_text(argument, text, least, greatest, forbidden, expected)
  if #text < least or #text > greatest then
    edge_refuse(argument, string.format("%.0f to %.0f bytes", least, greatest))
  end
  if forbidden and string.find(text, forbidden) then
    edge_refuse(argument, expected)
  end
  return text
end`,
    ],
    [
      "flag",
      `local function edge_flag(argument, text)
  if text ~= "1" and text ~= "0" then
    edge_refuse(argument, "1 or 0")
  end
  return text == "1"
end`,
    ],
    [
      "choice",
      `local function edge_choice(argument, text, choices)
  if not choices[text] then
    edge_refuse(argument, "one of its choices")
  end
  return text
end`,
    ],
    [
      "list",
      `local function edge_list(argument, read)
  local list = {}
  for position = 1, edge_integer(argument, edge_next(), 0, ${MOST_ELEMENTS}) do
    list[position] = read()
  end
  return list
end`,
    ],
    [
      "optional",
      `local function edge_optional(text, read)
  if text == "" then
    return nil
  end
  return read(text)
end`,
    ],
    [
      "absent",
      `local function edge_absent(value)
  if value == nil then
    return false
  end
  return value
end`,
    ],
    [
      "reply_flag",
      `local function edge_reply_flag(value)
  if value == nil then
    return false
  end
  return value and 1 or 0
end`,
    ],
    [
      "flags",
      `local function edge_flags(values)
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
      "rows",
      `local function edge_rows(records, fields)
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
      "flagged_rows",
      `local function edge_flagged_rows(records, fields)
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
