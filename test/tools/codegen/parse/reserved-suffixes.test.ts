import { describe, expect, test } from "vitest";
import { markerKey } from "../../../../src/client/call/replication.js";
import { clientKeys } from "../../../../src/client/script/reserved.js";
import type { Charset, TypeModel } from "../../../../tools/codegen/src/model/model.js";
import { Problems } from "../../../../tools/codegen/src/parse/problem.js";
import { checkReserved } from "../../../../tools/codegen/src/parse/vocabulary/key-collisions.js";
import { REPLICA_MARKER, RESERVED_SUFFIXES } from "../../../../tools/codegen/src/reserved.js";

const POSITION = { file: "keyspace.lua", line: 1, column: 1 };
const text = (name: string, charset: Charset): TypeModel => ({
  kind: "text",
  name,
  purpose: "",
  minBytes: 1,
  maxBytes: 64,
  charset,
  generated: false,
  position: POSITION,
});

/** What is told of one pattern, given the types of its fields. */
function told(pattern: string, slotOf?: string): string[] {
  const problems = new Problems();
  const key = {
    name: "k",
    purpose: "",
    pattern: `<namespace>:${pattern}`,
    fields: [],
    hashTag: "",
    ...(slotOf === undefined ? {} : { slotOf }),
    holds: "set" as const,
    ttl: "none",
    owner: "stock",
    position: POSITION,
  };
  checkReserved([key], [text("id", "key"), text("code", "upper")], problems);
  return problems.all.map(({ rule, message }) => `${rule} ${message}`);
}

describe("hole 5: the check of suffixes", () => {
  test.each([
    ["{<tenant>:<a>}:replicated", "}:replicated,"],
    ["{<tenant>}:replicated", "}:replicated,"],
    ["shelf:{<tenant>:<a>}:replicated", "}:replicated,"],
    ["{<tenant>:<a>}:<b>", "}:replicated,"],
    ["{<tenant>:<a>}<b>", "}:replicated,"],
    ["{<tenant>:<a>}:rep<b>", "}:replicated,"],
    ["{<tenant>:<a>}:<b>ed", "}:replicated,"],
    ["{<tenant>:<a>}:slot-due", "}:slot-…,"],
    ["{<tenant>:<a>}:slot-", "}:slot-…,"],
    ["{<tenant>:<a>}:slot-<b>", "}:slot-…,"],
    ["{<tenant>:<a>}:slot<b>", "}:slot-…,"],
    ["{<tenant>:<a>}:s<b>:x", "}:slot-…,"],
  ])("refuses the pattern %s", (pattern, ending) => {
    expect(told(pattern)).toEqual([
      expect.stringContaining(`keyspace/reserved key.k can end in ${ending} which is reserved: `),
    ]);
  });

  test.each([
    "{<tenant>:<a>}:stock",
    "{<tenant>:<a>}:replicated-at",
    "{<tenant>:<a>}:replicated:<b>",
    "{<tenant>:<a>}:by:<b>",
    "{<tenant>:<a>}:slots",
    "{<tenant>:<a>}:slot:<b>",
    "{<tenant>:<a>}:<code>",
    "{<tenant>:replicated}:x",
    "replicated:{<tenant>}:x",
  ])("accepts the pattern %s", (pattern) => expect(told(pattern)).toEqual([]));

  test("accepts slot-… after the tag of a slot", () => {
    expect(told("{<slot of tenant, a>}:slot-due", "<tenant>:<a>")).toEqual([]);
    expect(told("{<slot of tenant, a>}:replicated", "<tenant>:<a>")).toHaveLength(1);
  });

  test("knows every key that the client writes", () => {
    const reserved = RESERVED_SUFFIXES.map(({ suffix }) => `}:${suffix}`);
    expect(reserved).toEqual(expect.arrayContaining(Object.values(clientKeys).map(({ suffix }) => suffix)));
    expect(markerKey("shop:{acme:lamp}:stock")).toBe(`shop:{acme:lamp}:${REPLICA_MARKER}`);
  });
});
