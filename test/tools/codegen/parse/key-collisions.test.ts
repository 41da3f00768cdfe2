import { describe, expect, test } from "vitest";
import type { KeyModel, TypeModel } from "../../../../tools/codegen/src/model/model.js";
import { Problems } from "../../../../tools/codegen/src/parse/problem.js";
import { checkCollisions } from "../../../../tools/codegen/src/parse/vocabulary/key-collisions.js";

const POSITION = { file: "types.lua", line: 1, column: 1 };
const text = (name: string, charset: "key" | "upper" | "digits"): TypeModel => ({
  kind: "text",
  name,
  purpose: "",
  minBytes: 1,
  maxBytes: 9,
  charset,
  generated: false,
  position: POSITION,
});
const TYPES = [text("id", "key"), text("code", "upper"), text("part", "digits")];

function told(...patterns: string[]): string[] {
  const keys = patterns.map(
    (pattern, index): KeyModel => ({
      name: `k${index}`,
      purpose: "",
      pattern: `<namespace>:${pattern}`,
      fields: [],
      hashTag: "",
      holds: "set",
      ttl: "none",
      owner: "stock",
      position: POSITION,
    }),
  );
  const problems = new Problems();
  checkCollisions(keys, TYPES, problems);
  return problems.all.map(({ rule, message }) => `${rule}: ${message}`);
}

describe("the collision check", () => {
  test.each([
    [["{<tenant>:<a>}:x"]],
    [["{<tenant>:<a>}:x:<b>"]],
    [["{<tenant>:<code>:<a>}:x"]],
    [["{<tenant>:<a>:<part>}:x"]],
    [["{<tenant>:<a>}:x", "{<tenant>:<a>}:x-y:<b>", "{<tenant>:<b>}:y:<a>"]],
    [["{<tenant>}:x:<a>", "{<tenant>:<a>}:x"]],
    [["{<tenant>:<a>}:<code>", "{<tenant>:<a>}:lower"]],
  ])("accepts the patterns %s", (patterns) => expect(told(...patterns)).toEqual([]));

  test.each([
    ["{<tenant><a>}:x", "tenant=aa a=a and tenant=a a=aa both give a:{aaa}:x"],
    ["{<tenant>:<a>:<b>}:x", "tenant=a a=a: b=a and tenant=a a=a b=:a both give a:{a:a::a}:x"],
    ["{<tenant>:<a><b>}:x", "both give"],
    ["{<tenant>:<a>}:<b>:<c>", "both give"],
    ["{<tenant>:<code><a>}:x", "both give"],
    ["{<tenant>:<a><part>}:x", "both give"],
  ])("refuses %s, whose keys can come from different fields", (pattern, says) => {
    const [first = "", ...others] = told(pattern);
    expect(first).toMatch(/^keyspace\/pattern: different fields can give one key of key\.k0: /);
    expect(first).toContain(says);
    expect(others).toEqual([]);
  });

  test.each([
    ["{<tenant>:<a>}:<a>", "{<tenant>:<a>}:x:<b>"],
    ["{<tenant>:<a>}:<b>", "{<tenant>:<a>}:x"],
    ["{<tenant>:x:<a>}:y", "{<tenant>:<b>}:y"],
    ["{<tenant>:<a>}:<code>", "{<tenant>:<a>}:STOCK"],
  ])("refuses %s and %s, which can name the same key", (one, other) => {
    const both = told(one, other);
    expect(both).toHaveLength(1);
    expect(both[0]).toMatch(/^keyspace\/twice: key\.k1 and key\.k0 can give the same key, such as a:\{/);
  });
});
