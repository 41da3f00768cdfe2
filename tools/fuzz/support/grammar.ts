import fc from "fast-check";

/** The kinds of expressions that the grammar distinguishes. */
type Sort = "number" | "text" | "condition";

const PARAMS = [
  { name: "stock", tag: "---@param stock key.stock write" },
  { name: "shelf", tag: "---@param shelf id" },
  { name: "quantity", tag: "---@param quantity units on hand" },
  { name: "urgent", tag: "---@param urgent flag" },
  { name: "shelves", tag: "---@param shelves id[]" },
] as const;

const number = fc.oneof(
  fc.integer({ min: -3, max: 1_000 }).map(String),
  fc.constantFrom("quantity", "#shelf", "#shelves", "count", "2 ^ 53", "1e15", "0x10", "math.huge"),
);
const text = fc.oneof(
  fc.constantFrom("shelf", '"total"', "'a b'", "[[long]]", '"\\n\\065"', "tostring(quantity)", "ARGV[1]"),
  fc.string({ maxLength: 6 }).map((value) => JSON.stringify(value)),
);

/** Expressions of each kind, up to a small depth. */
const { expression } = fc.letrec<{ expression: Record<Sort, string> }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ number, text, condition: fc.constantFrom("urgent", "true", "not urgent") }),
    fc
      .tuple(
        tie("expression"),
        tie("expression"),
        fc.constantFrom("+", "-", "*", "/", "%"),
        fc.constantFrom("==", "~=", "<", ">="),
      )
      .map(([one, other, operator, comparison]) => ({
        number: `(${one.number} ${operator} ${other.number})`,
        text: `${one.text} .. ${other.text}`,
        condition: `${one.number} ${comparison} ${other.number}`,
      })),
    fc.tuple(tie("expression"), tie("expression")).map(([one, other]) => ({
      number: `math.floor(${one.number})`,
      text: `string.sub(${one.text}, 1, ${other.number})`,
      condition: `(${one.condition} and ${other.condition} or ${one.text} == ${other.text})`,
    })),
    tie("expression").map((one) => ({
      number: `(tonumber(redis.call("HGET", stock, ${one.text})) or 0)`,
      text: `string.format("%s:%d", ${one.text}, ${one.number})`,
      condition: `not ${one.condition}`,
    })),
  ),
}));

/** Statements, with their bodies indented. */
const { statement } = fc.letrec<{ statement: string[] }>((tie) => {
  const block = fc
    .array(tie("statement"), { maxLength: 3 })
    .map((parts) => parts.flat().map((line) => `  ${line}`));
  return {
    statement: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      expression.map((one) => [`redis.call("HSET", stock, ${one.text}, ${one.number})`]),
      expression.map((one) => [`count = ${one.number}`]),
      expression.map((one) => [`local value = redis.call("HGET", stock, ${one.text})`]),
      expression.map((one) => [`redis.call("HINCRBY", stock, ${one.text}, ${one.number})`]),
      expression.map((one) => [`if ${one.condition} then`, '  return "other"', "end"]),
      fc
        .constantFrom("DEL", "HLEN", "EXPIRE", "TYPE", "HGETALL", "PUBLISH", "GET", "SET")
        .map((name) => [`redis.call("${name}", stock)`]),
      fc
        .tuple(expression, block, block)
        .map(([one, yes, no]) => [`if ${one.condition} then`, ...yes, "else", ...no, "end"]),
      fc
        .tuple(fc.integer({ min: 0, max: 2_000 }), block)
        .map(([most, inner]) => [`-- at most ${most} rounds`, `for round = 1, ${most} do`, ...inner, "end"]),
      block.map((inner) => ["for _, each in ipairs(shelves) do", ...inner, "end"]),
      fc
        .tuple(expression, block)
        .map(([one, inner]) => ["-- at most 10 rounds", `while ${one.condition} do`, ...inner, "end"]),
      fc.tuple(expression, block).map(([one, inner]) => ["repeat", ...inner, `until ${one.condition}`]),
      block.map((inner) => ["do", ...inner, "end"]),
    ),
  };
});

/** A script with its contract for the folder of the golden base. Most scripts are valid. */
export const script: fc.Arbitrary<string> = fc
  .record({
    params: fc.subarray([...PARAMS], { minLength: 3 }),
    outcome: fc.constantFrom('"done"|"other"', '"done"', "units", "id"),
    major: fc.integer({ min: 0, max: 3 }),
    resend: fc.constantFrom("safe the same again", "never it counts"),
    constants: fc.array(expression, { maxLength: 2 }),
    body: fc.array(statement, { maxLength: 6 }),
    last: fc.oneof(
      { weight: 4, arbitrary: fc.constant('"done"') },
      expression.map((one) => one.number),
    ),
  })
  .map(({ params, outcome, major, resend, constants, body, last }) =>
    [
      ...constants.map((one, index) => `local CONSTANT_${index} = ${one.number}`),
      "",
      "--- Does what the grammar says.",
      "---",
      `---@version ${major}.0.0`,
      ...params.map(({ tag }) => tag),
      `---@return ${outcome} outcome`,
      "---@cost O(1)",
      `---@resend ${resend}`,
      "---",
      ...["One", "Two", "Three"].flatMap((title) => [
        `---@example ${title}.`,
        `---  call   ${callOf(params)}`,
        "---  reply  outcome=done",
      ]),
      `local function made(${params.map(({ name }) => name).join(", ")})`,
      "  local count = 0",
      ...body.flat().map((line) => `  ${line}`),
      `  return ${last}`,
      "end",
      "",
      "return made",
      "",
    ].join("\n"),
  );

function callOf(params: readonly { readonly name: string }[]): string {
  const values: Readonly<Record<string, string>> = {
    shelf: "shelf=a1",
    quantity: "quantity=5",
    urgent: "urgent=true",
    shelves: 'shelves=["a1","a2"]',
  };
  return params.flatMap(({ name }) => values[name] ?? []).join(" ");
}
