import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFolder } from "../../../../tools/codegen/src/disk/read.js";
import { generate } from "../../../../tools/codegen/src/generate.js";

const base = await readFolder(join(import.meta.dirname, "../golden/base/lua"), [".lua"]);
const types = `${base.get("types.lua")}
--- A warehouse and its units.
---@class row
---@field warehouse id
---@field amount units
`;

interface Parts {
  readonly params?: string;
  readonly returns: string;
  readonly example: string;
  readonly fn: string;
}

/** The emitted text of a script from its first line of code behind the checks of arguments. */
function emitted({ params = "", returns, example, fn }: Parts): string {
  const contract = `--- Counts the letters of a label.
---
---@version 1.0.0
---@param label key.label read
${params}${returns}---@cost O(1)
---@resend safe it only reads
${[1, 2, 3].map((number) => `---@example Number ${number}.\n${example}\n`).join("")}`;
  const text = `${contract}local function length(label${params === "" ? "" : ", low"})\n${fn}end\n\nreturn length\n`;
  const sources = new Map([...base, ["types.lua", types], ["stock/length.lua", text]]);
  const { problems, lua } = generate(sources, {
    client: "moonpath/client",
    namespace: "shop",
    sourceRoot: "lua",
  });
  expect(problems).toEqual([]);
  return lua.get("stock.length")?.text ?? "";
}

const body = (text: string) => text.slice(text.indexOf("\ndo\n") + 1);
const UNITS = "---@param low units\n";
const OUTCOME = '---@return "known"|"unknown" outcome known: there is one; unknown: there is none\n';
const KNOWN = "---  call low=1\n---  given SET {label} lamp\n---  reply  outcome=known length=4";

describe("a script's function as straight code", () => {
  test("replies with a lone value, and ends a reply before absent values", () => {
    const text = emitted({
      params: UNITS,
      returns: `${OUTCOME}---@return units? length when known\n`,
      example: KNOWN,
      fn: `  local bytes = redis.call("STRLEN", label)
  if bytes <= low then
    return "unknown"
  end
  return "known", bytes
`,
    });
    expect(body(text)).toBe(`do
  local label, low = KEYS[1], arg_low
  local bytes = redis.call("STRLEN", label)
  if bytes <= low then
    return "unknown"
  end
  return { "known", bytes }
end
`);
  });

  test("keeps the place of an absent value, and encodes a flag", () => {
    const text = emitted({
      params: UNITS,
      returns: `${OUTCOME}---@return units? length sometimes when known\n---@return flag? long when known\n`,
      example: KNOWN.replace("length=4", "length=4 long=yes"),
      fn: `  local bytes = redis.call("STRLEN", label)
  if bytes == 0 then
    return "unknown", nil, nil
  elseif bytes < low then
    return "known", nil, false
  end
  return "known", bytes, bytes > 3
`,
    });
    expect(body(text)).toContain('    return "unknown"\n');
    expect(body(text)).toContain('    return { "known", false, 0 }\n');
    expect(body(text)).toContain('  return { "known", bytes or false, (bytes > 3) and 1 or 0 }\n');
  });

  test("hands on the digits of an integer that a command gets as it came, and checks their form", () => {
    const text = emitted({
      params: UNITS,
      returns: "---@return id part\n",
      example: '---  call low=0\n---  given SET {label} lamp\n---  reply  part="lamp"',
      fn: `  return redis.call("GETRANGE", label, low, -1)
`,
    });
    expect(body(text)).toContain('  return redis.call("GETRANGE", label, low_digits, "-1")\n');
    expect(text).toContain('arg_low_digits == "0" or string.find(arg_low_digits, "^[1-9]%d*$")');
  });

  test("puts all values of a list of records into one list", () => {
    const rows = (type: string, fn: string) =>
      emitted({
        returns: `---@return ${type} rows\n`,
        example: '---  given SET {label} lamp\n---  reply  rows=[["berlin",4]]',
        fn,
      });
    const records = rows(
      "row[]",
      `  return { { warehouse = "berlin", amount = redis.call("STRLEN", label) } }
`,
    );
    expect(records).toContain("wrapper_reply_rows[2 * index - 1] = row.warehouse\n");
    expect(records).toContain("wrapper_reply_rows[2 * index] = row.amount\n");
    const flat = rows(
      "flat<row>",
      `  return { "berlin", redis.call("STRLEN", label) }
`,
    );
    expect(body(flat)).toContain('  return { { "berlin", redis.call("STRLEN", label) } }\n');
  });

  test("stays a function if it has more locals than fit beside those of the file", () => {
    const locals = Array.from({ length: 198 }, (_, index) => `  local a${index} = ${index}\n`).join("");
    const text = emitted({
      params: UNITS,
      returns: "---@return units length\n",
      example: "---  call low=1\n---  given SET {label} lamp\n---  reply  length=4",
      fn: `${locals}  return redis.call("STRLEN", label) + a0 * low
`,
    });
    expect(text).toContain("local function length(label, low)\n");
    expect(text).toContain("local reply_length = length(KEYS[1], arg_low)\n");
  });
});
