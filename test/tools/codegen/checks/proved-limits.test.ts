import { describe, expect, test } from "vitest";
import { check, type Snippet } from "../../../support/codegen/snippet.js";

const params = ["hash key.hash write", "names id[]", "limit limit"];

const END = '    redis.call("DEL", hash)\n    return "done"';

function body(...lines: string[]): string {
  return `${lines.map((line) => `    ${line}`).join("\n")}\n${END}`;
}

/** What breaks a rule about limits. */
function breaches(snippet: Snippet): string[] {
  return check(snippet)
    .problems.filter(({ rule }) => rule.startsWith("bounds/"))
    .map(({ rule, message }) => `${rule}: ${message}`);
}

/** What the analysis says of each limit, in order. */
function provedOf(snippet: Snippet): boolean[] {
  const { facts } = check(snippet);
  expect(breaches(snippet)).toEqual([]);
  return facts.limits.map((limit) => limit.proved);
}

describe("hole 9: a limit is proved", () => {
  const cases: Readonly<Record<string, string[]>> = {
    "of a numeric loop over constants": ["-- at most 10 rounds", "for at = 1, 10 do"],
    "of a numeric loop downwards": ["-- at most 10 rounds", "for at = 10, 1, -1 do"],
    "of a numeric loop in steps of two": ["-- at most 500 rounds", "for at = 1, #names, 2 do"],
    "of a numeric loop up to an argument": ["-- at most 1000 rounds", "for at = 1, limit do"],
    "of ipairs over a list argument": ["-- at most 1000 names", "for at in ipairs(names) do"],
    "of pairs over a list argument": ["-- at most 1000 names", "for at in pairs(names) do"],
    "of next over a list argument": ["-- at most 1000 names", "for at in next, names do"],
    "of ipairs over a reply with a limit": [
      'local found = redis.call("HRANDFIELD", hash, limit)',
      "-- at most 1000 fields",
      "for at in ipairs(found) do",
    ],
  };
  for (const [name, loop] of Object.entries(cases)) {
    test(name, () => {
      expect(provedOf({ params, body: body(...loop, "  local _ = at", "end") })).toEqual([true]);
    });
  }

  test("of unpack with a list that is short enough", () => {
    expect(
      provedOf({ params, body: body("-- at most 1000 names", 'redis.call("HDEL", hash, unpack(names))') }),
    ).toEqual([true]);
  });
});

describe("hole 9: a limit is trusted", () => {
  const cases: Readonly<Record<string, string[]>> = {
    "of a while loop": ["local at = 0", "-- at most 10 rounds", "while at < limit do", "  at = at + 1"],
    "of a numeric loop that may run more often": ["-- at most 10 rounds", "for at = 1, limit do"],
    "of a numeric loop whose step is a fraction": ["-- at most 10 rounds", "for at = 0, 0.3, 0.1 do"],
    "of a numeric loop where one step changes nothing": [
      "-- at most 3 rounds",
      "for at = 9007199254740992, 9007199254740994 do",
    ],
    "of ipairs over a reply without a limit": [
      'local found = redis.call("HKEYS", hash)',
      "-- at most 10 fields",
      "for at in ipairs(found) do",
    ],
    "of ipairs over a list that its body makes longer": [
      "-- at most 1000 names",
      "for at in ipairs(names) do",
      '  names[#names + 1] = "more"',
    ],
    "of ipairs over a list that may be longer": ["-- at most 999 names", "for at in ipairs(names) do"],
    "of pairs over a table whose keys are data": [
      "local seen = {}",
      "-- at most 1000 names",
      "for _, name in ipairs(names) do",
      "  seen[name] = 1",
      "end",
      "-- at most 10 names",
      "for at in pairs(seen) do",
    ],
    "of matches": ["-- at most 10 words", 'for at in string.gmatch(names[1] or "", "%w") do'],
  };
  for (const [name, loop] of Object.entries(cases)) {
    test(name, () => {
      expect(provedOf({ params, body: body(...loop, "  local _ = at", "end") }).at(-1)).toBe(false);
    });
  }

  test("of unpack with a list of unknown length", () => {
    const lines = [
      'local found = redis.call("HKEYS", hash)',
      "-- at most 10 fields",
      'redis.call("HDEL", hash, unpack(found))',
    ];
    expect(provedOf({ params, body: body(...lines) })).toEqual([false]);
  });

  test("if one of several calls passes more", () => {
    const head = `
      local function walk(list)
        -- at most 2 items
        for at in ipairs(list) do
          local _ = at
        end
      end
    `;
    const short = 'walk({ "a", "b" })';
    expect(provedOf({ params, head, body: body(short) })).toEqual([true]);
    expect(provedOf({ params, head, body: body(short, "walk(names)") })).toEqual([false]);
  });

  test("in an inner loop, which a comment of the outer loop does not prove", () => {
    const lines = [
      'local found = redis.call("HKEYS", hash)',
      "-- at most 10 fields",
      "for at in ipairs(found) do",
      "  -- at most 10 rounds",
      "  for inner = 1, at do",
      "    local _ = inner",
      "  end",
      "end",
    ];
    expect(provedOf({ params, body: body(...lines) })).toEqual([false, false]);
  });

  test("if a module's @param claims a length that its call does not prove", () => {
    const files = {
      "lib/drop.lua": `--- Deletes fields.
---@param hash string
---@param fields string[] at most 10
local function drop(hash, fields)
  redis.call("HDEL", hash, unpack(fields))
end
return drop
`,
    };
    const head = 'local drop = require("lib.drop")';
    const { facts } = check({ params, head, files, body: body("drop(hash, names)") });
    expect(facts.limits).toEqual([
      {
        max: 10,
        what: "elements of `fields`, an argument of `drop`",
        proved: false,
        position: { file: "lib/drop.lua", line: 4, column: 27 },
      },
    ]);
    const short = check({ params, head, files, body: body('drop(hash, { "a", "b" })') });
    expect(short.facts.limits).toEqual([]);
  });
});

describe("hole 9: a module's @param makes a limit trusted", () => {
  const uses: Readonly<Record<string, string[]>> = {
    "ipairs over the list": ["-- at most 10 items", "for at in ipairs(fields) do"],
    "a numeric loop up to its length": ["-- at most 10 items", "for at = 1, #fields do"],
    "a numeric loop up to a part of it": ["-- at most 10 items", "for at = 1, math.min(#fields, 20) - 1 do"],
    "ipairs over the list with one more": [
      "table.insert(fields, hash)",
      "-- at most 11 items",
      "for at in ipairs(fields) do",
    ],
  };
  for (const [name, lines] of Object.entries(uses)) {
    test(`of ${name}`, () => {
      const text = [
        "--- Deletes fields.",
        "---@param hash string",
        "---@param fields string[] at most 10",
        "local function drop(hash, fields)",
        ...lines,
        "local _ = at",
        "end",
        "end",
        "return drop",
        "",
      ].join("\n");
      const head = 'local drop = require("lib.drop")';
      const given = (list: string) =>
        provedOf({ params, head, files: { "lib/drop.lua": text }, body: body(`drop(hash, ${list})`) });
      expect(given("names")).toEqual([false, false]);
      expect(given('{ "a", "b" }')).toEqual([true]);
    });
  }
});

describe("hole 9: a loop that never ends is refused whatever its comment says", () => {
  const endless = [
    ["while true do", '  redis.call("HINCRBY", hash, "a", 1)', "end"],
    ["while 1 do", '  redis.call("HINCRBY", hash, "a", 1)', "end"],
    ["repeat", '  redis.call("HINCRBY", hash, "a", 1)', "until false"],
    ["for _ in function() return 1 end do", '  redis.call("HINCRBY", hash, "a", 1)', "end"],
    ["while true do", "  -- at most 10 items", "  while true do", "    break", "  end", "end"],
  ];
  for (const loop of endless) {
    test(`as ${loop.join(" ")}`, () => {
      expect(breaches({ params, body: body("-- at most 10 items", ...loop) })).toEqual([
        "bounds/loop: the loop never ends, although its comment declares a limit",
      ]);
    });
  }

  for (const out of ["break", 'do return "done" end', 'error({ err = "CORRUPT a" })']) {
    test(`but not with the exit ${out}`, () => {
      const lines = [
        "-- at most 10 items",
        "while true do",
        '  if redis.call("HLEN", hash) > limit then',
        `    ${out}`,
        "  end",
        "end",
      ];
      expect(breaches({ params, body: body(...lines) })).toEqual([]);
    });
  }
});
