import { expect, test, vi } from "vitest";
import { type Generated, generate } from "../../../../tools/codegen/src/generate.js";
import type { Files } from "../../../../tools/codegen/src/parse/folder.js";
import { OWN_OPTIONS, ownDomains } from "../../../support/codegen/own-scripts.js";

const sources = ownDomains("stock", "expiry");

/** Script -> digest and fingerprint. */
function identities({ lua }: Generated): Record<string, string> {
  return Object.fromEntries(
    [...lua].map(([name, { digest, fingerprint }]) => [name, `${digest} ${fingerprint}`]),
  );
}

/** Script -> fingerprint. */
function fingerprints({ lua }: Generated): Record<string, string> {
  return Object.fromEntries([...lua].map(([name, { fingerprint }]) => [name, fingerprint]));
}

/** The sources with one file changed. */
function changed(file: string, change: (text: string) => string): Files {
  const text = sources.get(file) ?? "";
  const next = change(text);
  expect(next).not.toBe(text);
  return new Map([...sources, [file, next]]);
}

// Each test generates all scripts anew, which takes about ten seconds.
vi.setConfig({ testTimeout: 90_000 });
const before = generate(sources, OWN_OPTIONS);

test("generate returns the same bytes again for files in another order", () => {
  expect(before.files.size).toBeGreaterThan(30);
  const again = generate(new Map([...sources].reverse()), OWN_OPTIONS);
  expect([...again.files]).toEqual([...before.files]);
});

test("the fingerprint does not depend on comments and white space", () => {
  const noisy = new Map(
    [...sources].map(([file, text]) => [
      file,
      /^(types|keyspace)\.lua$/.test(file)
        ? text
        : text
            // A bound or a waiver belongs to the line below it: no remark comes between them.
            .replace(
              /(?<!-- (?:at most|moonpath-allow) .*\n)^( +)(local|return) /gm,
              "$1-- A remark.\n\n$1$1$2   ",
            )
            .replace(/^local ([A-Z_]+) = (.*)$/gm, "--[[ long\nremark ]] local $1\n  = $2 -- after")
            .replace(/^end$/gm, "\n\nend"),
    ]),
  );
  const after = generate(noisy, OWN_OPTIONS);
  expect(after.problems).toEqual([]);
  expect(after.lua.get("stock.adjust")?.text).toContain("-- A remark.");
  expect(fingerprints(after)).toEqual(fingerprints(before));
});

test("a changed constant changes digest and fingerprint of only its script", () => {
  const after = generate(
    changed("stock/adjust.lua", (text) => text.replace(/^local ([A-Z_]+) = (\d+)$/m, "local $1 = $2 - 1")),
    OWN_OPTIONS,
  );
  expect(after.problems).toEqual([]);
  const [one, other] = [identities(before), identities(after)];
  const [digest, fingerprint] = (one["stock.adjust"] ?? "").split(" ");
  expect(other["stock.adjust"]).not.toContain(digest);
  expect(other["stock.adjust"]).not.toContain(fingerprint);
  const { "stock.adjust": _one, ...rest } = one;
  const { "stock.adjust": _other, ...others } = other;
  expect(others).toEqual(rest);
});

test("a changed module changes only the scripts that use it", () => {
  const after = generate(
    changed("lib/stock/stock_status.lua", (text) => text.replace("units <= low", "units < low")),
    OWN_OPTIONS,
  );
  const [one, other] = [identities(before), identities(after)];
  const moved = Object.keys(one).filter((name) => one[name] !== other[name]);
  const users = before.model.scripts.filter((script) =>
    script.modules.includes("lib/stock/stock_status.lua"),
  );
  expect(moved).toEqual(users.map((script) => script.name));
  expect(moved.length).toBeGreaterThan(0);
});

test("a changed bound changes the digest and not the fingerprint", () => {
  const after = generate(
    changed("types.lua", (text) =>
      text.replace("item_limit integer\n---@range 1..100\n", "item_limit integer\n---@range 1..99\n"),
    ),
    OWN_OPTIONS,
  );
  const claim = [before, after].map(({ lua }) => lua.get("expiry.claim"));
  expect(claim[0]?.digest).not.toBe(claim[1]?.digest);
  expect(claim[0]?.fingerprint).toBe(claim[1]?.fingerprint);
});
