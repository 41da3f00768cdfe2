import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkModuleWaivers, checkScript } from "../../../../tools/codegen/src/checks/check.js";
import { RULES } from "../../../../tools/codegen/src/checks/rules.js";
import { parseFolder } from "../../../../tools/codegen/src/parse/folder.js";
import { ownDomains, ownSources } from "../../../support/codegen/own-scripts.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));

function checkFolder(files: ReadonlyMap<string, string>): string[] {
  const folder = parseFolder(files);
  const modules = new Map([...folder.modules].map(([name, module]) => [name, module.source]));
  const results = folder.scripts.map(({ domain, operation, main, contract }) =>
    checkScript({
      source: main.source,
      contract: { name: `${domain}.${operation}`, file: main.source.file, ...contract },
      keyspace: folder.keys,
      types: folder.types,
      modules,
    }),
  );
  const problems = [
    ...results.flatMap((result) => result.problems),
    ...checkModuleWaivers(modules.values(), results),
  ];
  return problems.map(({ rule, position, message }) => `${rule} ${position.file} ${message}`);
}

/** The scripts that a file may change, with one text of one file replaced. */
function planted(file: string, before: string, after: string): string[] {
  const text = ownSources.get(file) ?? "";
  expect(text).toContain(before);
  const [domain = ""] = file.split("/");
  return checkFolder(
    // A module may be part of any script.
    new Map(domain === "lib" ? ownSources : ownDomains(domain)).set(
      file,
      text.replace(before, () => after),
    ),
  );
}

describe("the analysis of the shop's scripts", () => {
  test("finds no problem", () => {
    expect(ownSources.size).toBeGreaterThanOrEqual(30);
    expect(checkFolder(ownSources)).toEqual([]);
  });

  test("reports a concatenated key", () => {
    expect(
      planted("lock/release.lua", 'redis.call("DEL", lock)', 'redis.call("DEL", lock .. ":old")'),
    ).toContain("keys/undeclared lock/release.lua the key of `DEL` is text put together with `..`");
  });

  test("reports a fence that is read without a check", () => {
    const unchecked = planted(
      "lib/stored_integer.lua",
      'string.find(value, "^-?%d+$") and tonumber(value)',
      "tonumber(value)",
    );
    expect(unchecked).toContain(
      "reply/float lock/acquire.lua `fence` may have a fraction, but an integer is declared",
    );
  });

  test("reports a type that is no longer proved", () => {
    expect(
      planted("expiry/ack.lua", 'redis.call("ZCARD", processing)', 'redis.call("EXISTS", processing)'),
    ).toEqual([
      expect.stringMatching(
        /^order\/write-before-check expiry\/ack\.lua after `ZREM` on line \d+, `ZREM` can fail because no command has proved the type of `processing`$/,
      ),
    ]);
  });

  test("reports a count that is checked only after a write", () => {
    const late = planted(
      "lib/expiry/claimed_items.lua",
      'redis.call("HMGET", attempts, unpack(names))',
      'redis.call("HMGET", attempts, unpack(names))\n  redis.call("DEL", attempts)',
    );
    expect(late).toContainEqual(
      expect.stringMatching(
        /^order\/write-before-check expiry\/claim\.lua after `DEL` on line \d+ of lib\/expiry\/claimed_items\.lua, `error\(\)`/,
      ),
    );
  });

  test("reports a release that needs memory", () => {
    const set = planted(
      "lock/release.lua",
      'redis.call("DEL", lock)',
      'redis.call("HSET", lock, "owner", "")',
    );
    expect(set).toEqual([
      "flags/allow-oom lock/release.lua `HSET` needs memory, so a full Redis rejects `lock.release`",
    ]);
  });

  test("reports a limit that is removed", () => {
    expect(planted("lib/views/product_counts.lua", "  -- at most 1001 fields\n", "")).toContain(
      "bounds/loop lib/views/product_counts.lua the loop declares no limit",
    );
  });

  test("reports a list that no longer has a limit", () => {
    expect(planted("lib/expiry/claimed_items.lua", "at most 1000, at least one", "at least one")).toEqual([
      "bounds/unpack expiry/claim.lua the number of values that unpack may give is unknown",
      "bounds/unpack lib/expiry/claimed_items.lua the number of values that unpack may give is unknown",
    ]);
  });

  test("reports an outcome without its value", () => {
    expect(planted("lock/acquire.lua", 'return "acquired", fence', 'return "acquired"')).toEqual([
      'reply/mismatch lock/acquire.lua `fence` is nil with "acquired", for which it is declared',
    ]);
  });
});

test("every rule has a test that expects it", () => {
  const tests = readdirSync(HERE)
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(HERE, file), "utf8"))
    .join("\n");
  for (const rule of Object.keys(RULES)) expect(tests, rule).toMatch(new RegExp(`["\`]${rule}\\b`));
});
