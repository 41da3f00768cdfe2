import { describe, expect, test } from "vitest";
import { expectGood, problemsOf, type Snippet } from "../../../support/codegen/snippet.js";
import { cpuMsSince } from "../../../support/cpu-time.js";

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

describe("order/write-before-check", () => {
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
  ])("reports a runtime error after a write: %j", (lines) => {
    expect(rulesOf(late(lines))).toContain("order/write-before-check");
  });

  test("counts the writes before a caught error", () => {
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

  test("accepts operations that cannot fail", () => {
    expectGood(late('local _ = ("x"):rep(3) .. limit'));
    expectGood(late('local _ = string.match(name, "^(%a+)$") or ""'));
    expectGood(late('redis.call("PEXPIRE", set, limit * 1000)'));
  });
});

describe("the analysis of replies", () => {
  test.each([
    { rule: "reply/float", value: "limit / 0" },
    { rule: "reply/float", value: "math.floor(limit / 0)" },
    { rule: "reply/float", value: "limit % (limit - 5)" },
    { rule: "reply/mismatch", value: "cjson.decode(name)" },
    { rule: "reply/mismatch", value: "-5" },
    { rule: "reply/mismatch", value: "half()" },
  ])("reports $rule for $value", ({ rule, value }) => {
    const head = '---@return integer\nlocal function half()\n  return (cjson.decode("0.5"))\nend';
    const body = `redis.call("SADD", set, name, limit)\nlocal n = ${value}\nreturn "done", n`;
    const returns = ['"done" outcome', "units number when done"];
    expect(rulesOf({ params, returns, head, body })).toContain(rule);
  });

  test("reports an outcome that comes from data", () => {
    const body = `local outcome = cjson.decode('"oops"')\nredis.call("SADD", set, name, limit)\nreturn outcome`;
    expect(rulesOf({ params, body })).toContain("reply/mismatch");
  });
});

describe("the analysis of bounds and globals", () => {
  test.each([
    { rule: "bounds/loop", value: 'string.gsub(name, ".", function()\n  redis.call("SCARD", set)\nend)' },
    { rule: "bounds/loop", value: "-- at most 3 rounds\nfor _ = 1, 2, 0 do\n  limit = limit + 0\nend" },
    {
      rule: "bounds/loop",
      value: "local text = [[\n-- at most 3 items\n]] while limit > 5 and text do\n  limit = limit - 1\nend",
    },
    { rule: "errors/swallowed", value: 'pcall(redis.call, "SADD", set, 2)' },
    { rule: "errors/swallowed", value: 'local fine = pcall(redis.call, "SADD", set, 2)' },
    { rule: "globals/undeclared", value: "redis.call = nil" },
    { rule: "globals/undeclared", value: "string.foo = 1" },
    { rule: "globals/undeclared", value: "table.insert(string, 1)" },
  ])("reports $rule for $value", ({ rule, value: lines }) => {
    expect(rulesOf(late(lines))).toContain(rule);
  });
});

describe("bounds/analysis", () => {
  test("reports too many combinations of calls within seconds", () => {
    const start = process.cpuUsage();
    const helpers = Array.from(
      { length: 20 },
      (_, n) => `local function f${n + 1}(x)\n  return f${n}(x) + f${n}(x)\nend`,
    );
    const head = ["local function f0(x)\n  return x\nend", ...helpers].join("\n");
    expect(rulesOf({ ...late("limit = f20(limit)"), head })).toEqual(["bounds/analysis"]);
    expect(cpuMsSince(start)).toBeLessThan(10_000);
  }, 60_000);

  test("accepts or refuses a variable that a loop shifts, and always ends", () => {
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

test("the checks report code that nests too deeply as one problem", () => {
  const long = Array.from({ length: 4000 }, () => '"a"').join(" .. ");
  for (const text of [long, `${"(".repeat(3000)}1${")".repeat(3000)}`]) {
    expect(() => problemsOf(late(`local _ = ${text}`))).toThrow("the code is nested too deeply for Lua");
  }
});
