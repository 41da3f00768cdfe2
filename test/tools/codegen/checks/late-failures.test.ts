import { describe, expect, test } from "vitest";
import { expectGood, problemsOf, type Snippet } from "../../../support/codegen/snippet.js";

const params = ["set key.set write", "name id", "limit limit"];

/** The lines stand behind a write. */
function late(lines: string, returns = ['"done" outcome']): Snippet {
  return {
    params,
    returns,
    body: `redis.call("SCARD", set)
redis.call("SADD", set, name, limit)
${lines}
return "done"`,
  };
}

function rulesOf(snippet: Snippet): string[] {
  return [...new Set(problemsOf(snippet).map((problem) => problem.split(" ")[0] ?? ""))];
}

describe("order/write-before-check sees what fails at run time", () => {
  test.each([
    "local _ = cjson.decode(name)",
    "local _ = tonumber(name) + 1",
    "local held = {}\nlocal _ = held.a.b",
    'local _ = "x" .. (string.match(name, "y") or nil)',
    "local number = tonumber(name)\nlocal _ = number < 3",
    "local _ = name < limit",
    'redis.call("PEXPIRE", set, name)',
    'redis.call("PEXPIRE", set, limit / 7)',
    "local _ = -name",
    "local _ = #limit",
    "local _ = string.match(name, name)",
    'local _ = string.format("%d", name)',
    "local _ = select(limit - 5, name)",
    "local _ = math.max(name, 1)",
    "-- at most 3 rounds\nfor _ = 1, name do\n  limit = limit + 1\nend",
    'pcall(function()\n  error("x")\nend)\nerror("late")',
  ])("%s", (lines) => {
    expect(rulesOf(late(lines))).toContain("order/write-before-check");
  });

  test("what a caught error left behind is written", () => {
    const body = `redis.call("SCARD", set)
local fine = pcall(function()
  redis.call("SADD", set, name, limit)
  error("x")
end)
if not fine then
  error("late")
end
return "done"`;
    expect(problemsOf({ params, body })).toEqual([
      'order/write-before-check body 7 «error("late")» after `SADD` on line 9, `error()` can stop the script',
    ]);
  });

  test("what cannot fail", () => {
    expectGood(late('local _ = ("x"):rep(3) .. limit'));
    expectGood(late('local _ = string.match(name, "^(%a+)$") or ""'));
    expectGood(late('redis.call("PEXPIRE", set, limit * 1000)'));
  });
});

describe("replies", () => {
  test.each([
    ["reply/float", "limit / 0"],
    ["reply/float", "math.floor(limit / 0)"],
    ["reply/float", "limit % (limit - 5)"],
    ["reply/mismatch", "cjson.decode(name)"],
    ["reply/mismatch", "-5"],
    ["reply/mismatch", "half()"],
  ])("%s: %s", (rule, value) => {
    const head = '---@return integer\nlocal function half()\n  return (cjson.decode("0.5"))\nend';
    const body = `redis.call("SADD", set, name, limit)\nlocal n = ${value}\nreturn "done", n`;
    const returns = ['"done" outcome', "units number when done"];
    expect(rulesOf({ params, returns, head, body })).toContain(rule);
  });

  test("an outcome out of data", () => {
    const body = `local outcome = cjson.decode('"oops"')\nredis.call("SADD", set, name, limit)\nreturn outcome`;
    expect(rulesOf({ params, body })).toContain("reply/mismatch");
  });
});

describe("bounds and globals", () => {
  test.each([
    ["bounds/loop", 'string.gsub(name, ".", function()\n  redis.call("SCARD", set)\nend)'],
    ["bounds/loop", "-- at most 3 rounds\nfor _ = 1, 2, 0 do\n  limit = limit + 0\nend"],
    [
      "bounds/loop",
      "local text = [[\n-- at most 3 items\n]] while limit > 5 and text do\n  limit = limit - 1\nend",
    ],
    ["errors/swallowed", 'pcall(redis.call, "SADD", set, 2)'],
    ["errors/swallowed", 'local fine = pcall(redis.call, "SADD", set, 2)'],
    ["globals/undeclared", "redis.call = nil"],
    ["globals/undeclared", "string.foo = 1"],
    ["globals/undeclared", "table.insert(string, 1)"],
  ])("%s: %s", (rule, lines) => {
    expect(rulesOf(late(lines))).toContain(rule);
  });
});

describe("bounds/analysis", () => {
  test("calls that come together in too many ways, within seconds", () => {
    const helpers = Array.from(
      { length: 20 },
      (_, n) => `local function f${n + 1}(x)\n  return f${n}(x) + f${n}(x)\nend`,
    );
    const head = ["local function f0(x)\n  return x\nend", ...helpers].join("\n");
    expect(rulesOf({ ...late("limit = f20(limit)"), head })).toEqual(["bounds/analysis"]);
  }, 10_000);

  test("a register that is shifted in a loop settles, or is refused", () => {
    const names = Array.from({ length: 30 }, (_, n) => `k${n}`);
    const shift = `local ${names.join(", ")} = "foreign", ${names
      .slice(1)
      .map(() => "set")
      .join(", ")}
-- at most 40 rounds
for _ = 1, 40 do
  ${names.slice(1).reverse().join(", ")} = ${names.slice(0, -1).reverse().join(", ")}
end
redis.call("SADD", k29, 1)`;
    expect(rulesOf(late(shift))).toContain("keys/undeclared");
  });
});

test("what nests too deeply is one problem", () => {
  const long = Array.from({ length: 4000 }, () => '"a"').join(" .. ");
  for (const text of [long, `${"(".repeat(3000)}1${")".repeat(3000)}`]) {
    expect(() => problemsOf(late(`local _ = ${text}`))).toThrow("the code is nested too deeply for Lua");
  }
});
