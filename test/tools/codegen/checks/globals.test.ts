import { describe, expect, test } from "vitest";
import { check, expectGood, expectProblems, type Snippet } from "../../../support/codegen/snippet.js";

function running(lines: string): Snippet {
  return { params: ["hash key.hash read"], body: `redis.call("HLEN", hash)\n${lines}\nreturn "done"` };
}

function mendOf(lines: string): string | undefined {
  return check(running(lines)).problems[0]?.fix;
}

describe("globals/undeclared", () => {
  test("reports a global that the script sets", () => {
    expectProblems(running("total = 1"), [
      "globals/undeclared body 2 «total» the script sets the global `total`",
    ]);
    expect(mendOf("total = 1")).toBe("declare it with local");
    expectGood(running("local total\ntotal = 1"));
  });

  const read: readonly [string, string, string][] = [
    ["local x = total", "total", "declare it with local"],
    ["local x = os.time()", "os", 'use require("lib.now_ms"), because all clients share Redis\'s clock'],
    ["local x = io.read()", "io", "remove it: a script accesses only Redis"],
    [
      "local x = KEYS[1]",
      "KEYS",
      "declare a parameter of the script; the generated wrapper reads KEYS and ARGV",
    ],
    [
      "local x = ARGV[1]",
      "ARGV",
      "declare a parameter of the script; the generated wrapper reads KEYS and ARGV",
    ],
    [
      'local x = loadstring("return 1")',
      "loadstring",
      "write the code in the script, or move it into a module in lib/",
    ],
    [
      "local x = math.random(6)",
      "math.random",
      "pass the random value as an argument: a script must be deterministic",
    ],
    ["print(hash)", "print", "return the value"],
  ];
  for (const [lines, name, fix] of read) {
    test(`reports a read of ${name}`, () => {
      expectProblems(running(lines), [
        `globals/undeclared body 2 «${name}» scripts cannot use the global \`${name}\``,
      ]);
      expect(mendOf(lines)).toBe(fix);
    });
  }

  test("accepts the globals of every supported Redis, and locals of every scope", () => {
    expectGood(
      running(`local text = string.format("%d", math.floor(1.5))
do
  local inner = select("#", text)
  text = tostring(inner)
end
local function shown(value)
  return type(value)
end
local list = { shown(text), cjson.encode({}) }
table.sort(list, function(one, other)
  return one < other
end)`),
    );
  });
});

describe("calls/unknown", () => {
  const unknown = "the called function is unknown";

  test("reports a call of data, of a parameter and of an unset local", () => {
    const decoded = 'local run = cjson.decode("{}")\nrun(hash)';
    expectProblems(running(decoded), [`calls/unknown body 3 «run(hash)» ${unknown}`]);
    expectProblems(running("hash()"), [`calls/unknown body 2 «hash()» ${unknown}`]);
    expectProblems(running("local run\nrun(hash)"), [`calls/unknown body 3 «run(hash)» ${unknown}`]);
    expectProblems(running('local text = "a"\ntext:shout()'), [
      `calls/unknown body 3 «text:shout()» ${unknown}`,
    ]);
  });

  test("follows functions in tables, methods and closures", () => {
    const table = `local tools = {}
function tools.count(key)
  return redis.call("SCARD", key)
end
function tools:both(key)
  return self.count(key) + #("a"):rep(2)
end
local function twice(run)
  return run() + run()
end
local _ = twice(function()
  return tools:both(hash)
end)`;
    expectProblems(running(table), [
      "keys/type body 4 «key» `SCARD` works on a set, but `hash` (key.hash) holds a hash",
    ]);
    expectGood(running(table.replace("SCARD", "HLEN")));
  });
});

test("module/place reports a require that is not at the top of a file", () => {
  expectProblems(running('local now_ms = require("lib.now_ms")\nnow_ms()'), [
    'module/place body 2 «require("lib.now_ms")» the require is inside a function',
  ]);
  const good = running("local _ = now_ms()");
  expectGood({ ...good, head: 'local now_ms = require("lib.now_ms")' });
});
