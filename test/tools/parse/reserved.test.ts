import { describe, expect, it } from "vitest";
import { acknowledgements } from "../../../src/client/replication.js";
import type { Charset, TypeModel } from "../../../tools/model/model.js";
import { checkReserved } from "../../../tools/parse/collide.js";
import { Problems } from "../../../tools/parse/problem.js";
import { RESERVED_SUFFIXES } from "../../../tools/reserved.js";
import { freshNamespace, sharedRedis } from "../../setup/redis.js";

const PLACE = { file: "keyspace.lua", line: 1, column: 1 };
const text = (name: string, charset: Charset): TypeModel => ({
  kind: "text",
  name,
  purpose: "",
  leastBytes: 1,
  greatestBytes: 64,
  charset,
  generated: false,
  place: PLACE,
});

/** What is told of one pattern, given the types of its fields. */
function told(pattern: string): string[] {
  const problems = new Problems();
  const key = {
    name: "k",
    purpose: "",
    pattern: `<namespace>:${pattern}`,
    fields: [],
    hashTag: "",
    holds: "set" as const,
    ttl: "none",
    owner: "stock",
    place: PLACE,
  };
  checkReserved([key], [text("id", "key"), text("code", "upper")], problems);
  return problems.all.map(({ rule, message }) => `${rule} ${message}`);
}

describe("hole 5: suffixes that Moonpath itself writes", () => {
  it.each([
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
  ])("%s", (pattern, ending) => {
    expect(told(pattern)).toEqual([
      expect.stringContaining(`keyspace/reserved key.k can end in ${ending} which is reserved: `),
    ]);
  });

  it.each([
    "{<tenant>:<a>}:stock",
    "{<tenant>:<a>}:replicated-at",
    "{<tenant>:<a>}:replicated:<b>",
    "{<tenant>:<a>}:by:<b>",
    "{<tenant>:<a>}:slots",
    "{<tenant>:<a>}:slot:<b>",
    "{<tenant>:<a>}:<code>",
    "{<tenant>:replicated}:x",
    "replicated:{<tenant>}:x",
  ])("not %s", (pattern) => expect(told(pattern)).toEqual([]));

  it("hold what the client writes beside a script's key", async () => {
    const redis = sharedRedis();
    const namespace = freshNamespace();
    const key = `${namespace}:{acme:lamp}:stock`;
    const writes: string[] = [];
    const monitor = await redis.duplicate().monitor();
    const seen = new Promise<void>((resolve) => {
      monitor.on("monitor", (_: string, [name = "", written = ""]: readonly string[]) => {
        if (name.toLowerCase() !== "set" || !written.startsWith(`${namespace}:`)) return;
        writes.push(written);
        resolve();
      });
    });
    await acknowledgements(redis, key, 1, 1, false);
    await seen;
    monitor.disconnect();
    expect(writes.map((written) => written.slice(written.indexOf("}:") + 2))).toEqual([
      RESERVED_SUFFIXES[0]?.suffix,
    ]);
  });
});
