import { describe, expect, test } from "vitest";
import { generate } from "../../../../tools/codegen/src/generate.js";
import { checkVersions } from "../../../../tools/codegen/src/lock/check.js";
import { compare, contractOf, type LockedContract } from "../../../../tools/codegen/src/lock/contract.js";
import {
  compareVersions,
  type Lock,
  readLock,
  writeLock,
} from "../../../../tools/codegen/src/lock/lockfile.js";
import { recordVersions, retireMajor } from "../../../../tools/codegen/src/lock/record.js";
import { Problems } from "../../../../tools/codegen/src/parse/problem.js";
import { folder } from "../../../support/codegen/folder.js";
import { luaOf, readCases } from "../../../support/codegen/golden-cases.js";

const CONTRACT: LockedContract = {
  keys: ["write hash <namespace>:{<tenant>:<product>}:stock"],
  args: ["product: text of 1..64 bytes, key", "quantity: integer 0..9"],
  replies: ["outcome: set|full", "total?: integer 0..9 when set"],
  resend: "safe",
  oom: "runs",
};

describe("the comparison of contracts", () => {
  const change = (next: Partial<LockedContract>) => compare(CONTRACT, { ...CONTRACT, ...next });

  test("allows calls that become safe to resend or run when memory is full", () => {
    expect(compare({ ...CONTRACT, resend: "never" }, CONTRACT)).toBe("compatible");
    expect(compare({ ...CONTRACT, resend: "safe within remember_ms" }, CONTRACT)).toBe("compatible");
    expect(compare({ ...CONTRACT, oom: "as its commands" }, CONTRACT)).toBe("compatible");
  });

  test("finds no change in equal contracts", () => expect(change({})).toBe("same"));

  test.each<[string, Partial<LockedContract>]>([
    ["an optional argument at the end", { args: [...CONTRACT.args, "note?: text of 1..9 bytes, any"] }],
    ["a return value at the end", { replies: [...CONTRACT.replies, "low: flag"] }],
  ])("finds %s compatible", (_, next) => expect(change(next)).toBe("compatible"));

  test.each<[string, Partial<LockedContract>]>([
    ["an argument that is asked for", { args: [...CONTRACT.args, "note: text of 1..9 bytes, any"] }],
    ["an argument before the others", { args: ["note?: flag", ...CONTRACT.args] }],
    ["an argument less", { args: CONTRACT.args.slice(0, 1) }],
    ["another bound", { args: [CONTRACT.args[0] ?? "", "quantity: integer 0..8"] }],
    ["another outcome", { replies: ["outcome: set|full|gone", CONTRACT.replies[1] ?? ""] }],
    ["a return value less", { replies: CONTRACT.replies.slice(0, 1) }],
    ["another key", { keys: ["write hash <namespace>:{<tenant>:<product>}:stocks"] }],
    ["a call that may not be sent again", { resend: "never" }],
    ["a call that may be sent again for a while only", { resend: "safe within remember_ms" }],
    ["no @oom any more", { oom: "as its commands" }],
    ["another access", { keys: ["read hash <namespace>:{<tenant>:<product>}:stock"] }],
  ])("finds %s breaking", (_, next) => expect(change(next)).toBe("breaking"));
});

describe("contractOf", () => {
  test("tells raw bytes from a text", () => {
    const [golden] = readCases([]).filter((one) => one.name === "bytes");
    if (golden === undefined) throw new Error("the golden folder bytes is gone");
    const options = { client: "moonpath/client", namespace: "shop", sourceRoot: "lua" };
    const { model } = generate(luaOf(golden), options);
    const store = model.scripts.find(({ name }) => name === "stock.store");
    expect(store && contractOf(model, store)).toMatchObject({
      args: [
        "product: text of 1..64 bytes, key",
        "body: 1..1048576 raw bytes",
        "sum: 4..4 raw bytes",
        "preview?: 1..1048576 raw bytes",
        "times: integer 0..1000000",
      ],
      replies: ["before?: 1..1048576 raw bytes"],
    });
  });

  test("contains what callers rely on, including the bounds of types", () => {
    const { model } = folder();
    const [script] = model.scripts;
    expect(script && contractOf(model, script)).toEqual({
      keys: ["read hash <namespace>:{<tenant>:<product>}:stock"],
      args: ["product: text of 1..64 bytes, key"],
      replies: ["outcome: known|unknown", "total: integer 0..1000000 when known"],
      resend: "safe",
      oom: "as its commands",
    });
  });
});

describe("the lock file", () => {
  const lock: Lock = new Map([
    ["stock.set", new Map([["1.10.0", { fingerprint: "b", contract: CONTRACT }]])],
    [
      "price.set",
      new Map([
        ["1.10.0", { fingerprint: "d", contract: CONTRACT }],
        ["1.9.0", { fingerprint: "c", contract: CONTRACT }],
      ]),
    ],
  ]);

  test("does not depend on the order of versions, and can be read back", () => {
    const text = writeLock(lock);
    expect(writeLock(new Map([...lock].reverse()))).toBe(text);
    expect(text.indexOf("1.9.0")).toBeLessThan(text.indexOf("1.10.0"));
    expect(text.endsWith("}\n")).toBe(true);
    const read = readLock(text);
    expect(read && writeLock(read)).toBe(text);
  });

  test.each(["", "{", "[]", "1", '{"stock.set":1}', '{"stock.set":{"1.0.0":{"fingerprint":1}}}'])(
    "is refused if its text is %j",
    (text) => expect(readLock(text)).toBeUndefined(),
  );

  test("sorts versions by their numbers", () => {
    expect(["1.10.0", "2.0.0", "1.9.9", "1.9.10"].sort(compareVersions)).toEqual([
      "1.9.9",
      "1.9.10",
      "1.10.0",
      "2.0.0",
    ]);
  });

  test("marks a major as retired and keeps its versions", () => {
    expect(retireMajor(lock, "stock.set@2")).toBeUndefined();
    expect(retireMajor(lock, "stock.get@1")).toBeUndefined();
    const retired = retireMajor(lock, "stock.set@1");
    expect([...(retired?.get("stock.set")?.values() ?? [])]).toEqual([
      { fingerprint: "b", contract: CONTRACT, retired: true },
    ]);
    expect(retired?.get("price.set")).toBe(lock.get("price.set"));
    const read = readLock(writeLock(retired ?? new Map()));
    expect(read && writeLock(read)).toBe(writeLock(retired ?? new Map()));
  });
});

describe("the record of versions", () => {
  const rules = (output: ReturnType<typeof folder>, lock: Lock): string[] => {
    const problems = new Problems();
    checkVersions(output.model, output.fingerprints, lock, problems);
    return problems.all.map((problem) => problem.rule);
  };
  const record = (output: ReturnType<typeof folder>, lock: Lock = new Map(), amend: string[] = []) =>
    recordVersions(output.model, output.fingerprints, lock, amend);
  const changed = { from: '"known", total', to: '"known", total + 1' };

  test("locks a new version once and then has no problem", () => {
    const output = folder();
    expect(rules(output, new Map())).toEqual(["version/unlocked"]);
    const first = record(output);
    expect(first.added).toEqual(["stock.read@1.0.0"]);
    expect(rules(output, first.lock)).toEqual([]);
    expect(record(output, first.lock).added).toEqual([]);
  });

  test("keeps a locked version unless --amend names it", () => {
    const { lock } = record(folder());
    const other = folder(changed);
    expect(rules(other, lock)).toEqual(["version/unbumped"]);
    expect(writeLock(record(other, lock).lock)).toBe(writeLock(lock));
    const amended = record(other, lock, ["stock.read@1.0.0"]);
    expect(amended.added).toEqual(["stock.read@1.0.0"]);
    expect(rules(other, amended.lock)).toEqual([]);
  });

  test("accepts a changed script under a new version", () => {
    const { lock } = record(folder());
    const next = folder(changed, { from: "1.0.0", to: "1.0.1" });
    expect(rules(next, lock)).toEqual(["version/unlocked"]);
    expect(rules(next, record(next, lock).lock)).toEqual([]);
  });

  test("accepts a changed sentence, comment or example without a new version", () => {
    const { lock } = record(folder());
    const next = folder(
      { from: "Reads how many", to: "Tells how many" },
      { from: "O(1)", to: "O(1), one lookup" },
    );
    expect(rules(next, lock)).toEqual([]);
  });
});
