import { describe, test } from "vitest";
import { expectGood, expectProblems, type Snippet } from "../../../support/codegen/snippet.js";

const params = ["hash key.hash read", "name id"];
const returns = [
  '"known"|"unknown" outcome',
  "units? number when known",
  "units? extra sometimes when known",
];
const integer = `
  local function stored(value)
    if not value or not string.find(value, "^%d+$") then
      return nil
    end
    return tonumber(value)
  end
`;

function answering(known: string, unknown = '"unknown"'): Snippet {
  const body = `
    local number = stored(redis.call("HGET", hash, name))
    if not number then
      return ${unknown}
    end
    return ${known}
  `;
  return { params, returns, head: integer, body };
}

describe("reply/mismatch", () => {
  test("accepts declared replies with and without optional values", () => {
    expectGood(answering('"known", number'));
    expectGood(answering('"known", number, number + 1'));
    expectGood(answering('"known", number, nil', '"unknown", nil, nil'));
  });

  const cases: readonly [string, Snippet, string][] = [
    [
      "too many values",
      answering('"known", number, nil, 1'),
      'body 5 «return "known", number, nil, 1» the script returns 4 values, but 3 are declared',
    ],
    [
      "nil where the outcome carries a value",
      answering('"known"'),
      'body 5 «return "known"» `number` is nil with "known", for which it is declared',
    ],
    [
      "a value that may be nil",
      answering('"known", stored(redis.call("HGET", hash, "other"))'),
      'body 5 «return "known", stored(redis.call("HGET", hash, "other"))» `number` may be nil with "known", for which it is declared',
    ],
    [
      "a value where the outcome carries none",
      answering('"known", number', '"unknown", 0'),
      'body 3 «return "unknown", 0» `number` has a value with "unknown", but the contract declares none',
    ],
    [
      "a text for an integer",
      answering('"known", redis.call("HGET", hash, name) or "0"'),
      'body 5 «return "known", redis.call("HGET", hash, name) or "0"» `number` is a text, but an integer is declared',
    ],
    [
      "a flag for an integer",
      answering('"known", number > 1'),
      'body 5 «return "known", number > 1» `number` is a flag, but an integer is declared',
    ],
    [
      "a key for an integer",
      answering('"known", hash'),
      'body 5 «return "known", hash» `number` is a key\'s name, but an integer is declared',
    ],
  ];
  for (const [title, snippet, expected] of cases) {
    test(`reports ${title}`, () => expectProblems(snippet, [`reply/mismatch ${expected}`]));
  }

  test("reports an outcome that is not declared", () => {
    expectProblems(answering('number > 1 and "known" or "few", number'), [
      'reply/mismatch body 5 «return number > 1 and "known" or "few", number» "few" is not a declared outcome: "known" or "unknown"',
    ]);
  });

  test("reports an outcome that comes from data", () => {
    const returned = 'return redis.call("HGET", hash, name) or "unknown"';
    expectProblems({ params, returns: ['"known"|"unknown" outcome'], body: returned }, [
      `reply/mismatch body 1 «${returned}» the script returns an outcome that is not known to be "known" or "unknown"`,
    ]);
    expectGood({
      params,
      returns: ['"known"|"unknown" outcome'],
      body: `
        local outcome = redis.call("HGET", hash, name)
        if outcome == "known" or outcome == "unknown" then
          return outcome
        end
        return "unknown"
      `,
    });
  });

  test("reports an end without a return", () => {
    expectProblems({ params, body: 'if redis.call("HGET", hash, name) then\n      return "done"\n    end' }, [
      "reply/mismatch contract 7 «end» the script can end here without a return".replace(
        "contract 7",
        "body 4",
      ),
    ]);
  });

  test("checks choices, texts and flags", () => {
    const body = 'local held = redis.call("HGET", hash, name)\n    return held or "none", held == "x", "red"';
    expectGood({ params, returns: ["payload text", "flag same", "colour shade"], body });
    expectProblems(
      {
        params,
        returns: ["payload text", "flag same", "colour shade"],
        body: body.replace('"red"', '"green"'),
      },
      [
        'reply/mismatch body 2 «return held or "none", held == "x", "green"» `shade` may be "green", but "red" or "blue" is declared',
      ],
    );
    const returned = `body 2 «return held or "none", held == "x", "red"»`;
    expectProblems({ params, returns: ["flag text", "payload same", "colour shade"], body }, [
      `reply/mismatch ${returned} \`text\` is not a flag, but a flag is declared`,
      `reply/mismatch ${returned} \`same\` is a flag, but a text is declared`,
      `reply/mismatch ${returned} \`same\` is false but is declared for every reply`,
    ]);
  });

  describe("for lists of records", () => {
    const listing = (record: string): Snippet => ({
      params: ["hash key.hash read"],
      returns: ["thing[] things"],
      head: integer,
      body: `
        local fields = redis.call("HGETALL", hash)
        local things = {}
        -- at most 100 things
        for position = 1, #fields, 2 do
          things[#things + 1] = ${record}
        end
        return things
      `,
    });

    test("accepts records with the declared fields", () => {
      expectGood(listing("{ name = fields[position], number = stored(fields[position + 1]) or 0 }"));
    });

    test("reports a field that may be nil", () => {
      expectProblems(listing("{ name = fields[position], number = stored(fields[position + 1]) }"), [
        "reply/mismatch body 7 «return things» `things`[].number may be nil, but a record has all of its fields",
      ]);
    });

    test("reports a field that is not declared", () => {
      expectProblems(listing("{ name = fields[position], number = 1, more = 2 }"), [
        'reply/mismatch body 7 «return things» `things`[] has the field "more", which a thing does not have',
      ]);
    });

    test("reports a field outside of its range", () => {
      expectProblems(listing("{ name = fields[position + 2], number = 1 }"), [
        "reply/mismatch body 7 «return things» `things`[].name may be nil, but a record has all of its fields",
      ]);
    });

    test("reports a record if a list is declared", () => {
      expectProblems(
        {
          params: ["hash key.hash read"],
          returns: ["thing[] things"],
          body: 'redis.call("HLEN", hash)\n    return { name = "a", number = 1 }',
        },
        [
          'reply/mismatch body 2 «return { name = "a", number = 1 }» `things` has the field "name", but a list is declared',
        ],
      );
    });
  });
});

test("reply/unreturned reports a declared outcome that the script never returns", () => {
  expectProblems(
    { params, returns: ['"done"|"lost" outcome'], body: 'redis.call("HGET", hash, name)\n    return "done"' },
    ['reply/unreturned contract 4 «"lost"» no return gives the outcome "lost"'],
  );
});

describe("reply/float", () => {
  const floats = [
    "number / 2",
    "0.5",
    "tonumber(redis.call('HGET', hash, name)) or 0",
    "number * 1.5",
    "math.max(number, 0.5)",
  ];
  for (const float of floats) {
    test(`reports ${float}`, () => {
      expectProblems(answering(`"known", ${float}`), [
        `reply/float body 5 «return "known", ${float}» \`number\` may have a fraction, but an integer is declared`,
      ]);
    });
  }

  test("accepts a number that is rounded or checked for digits", () => {
    expectGood(answering('"known", math.floor(number / 2)'));
    expectGood(answering('"known", number % 7 + math.min(number, 5)'));
    expectGood(answering('"known", redis.call("HLEN", hash)'));
  });

  const found = (find: string, returned: string): Snippet => ({
    params,
    returns,
    body: `
    local stored = redis.call("HGET", hash, name) or ""
    local from, to, digits = ${find}
    if not to then
      return "unknown"
    end
    return "known", ${returned}
  `,
  });

  test("accepts the digits that string.find captures, if it has found something", () => {
    expectGood(found('string.find(stored, "^(%d+) units$")', "tonumber(digits)"));
    expectGood(found('string.find(stored, "^(%d+) units$", 2)', "tonumber(digits)"));
    expectGood(found('string.find(stored, "(%d+)", 1, true)', "to"));
  });

  test.each([
    ['string.find(stored, "^(%S+) units$")', "may have a fraction, but an integer is declared"],
    ['string.find(stored, "^(%d+) units$", 1, true)', "may have a fraction, but an integer is declared"],
  ])("reports a number from %s", (find, problem) => {
    expectProblems(found(find, "tonumber(digits) or 1"), [
      `reply/float body 6 «return "known", tonumber(digits) or 1» \`number\` ${problem}`,
    ]);
  });
});
