import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { checkModuleWaivers, checkScript } from "../../../../tools/codegen/src/checks/check.js";
import { RULES } from "../../../../tools/codegen/src/checks/rules.js";
import { parseFolder } from "../../../../tools/codegen/src/parse/folder.js";
import { ownDomains, ownSources } from "../../../support/codegen/own-scripts.js";

// Some tests analyse all scripts that use a module.
vi.setConfig({ testTimeout: 90_000 });
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
      planted(
        "lock/release.lua",
        'redis.call("SET", lock, released',
        'redis.call("SET", lock .. ":old", released',
      ),
    ).toContain("keys/undeclared lock/release.lua the key of `SET` is text put together with `..`");
  });

  test("reports a stored number that is read without a check", () => {
    const unchecked = planted("lib/stored_integer.lua", "number % 1 ~= 0 or ", "");
    expect(unchecked).toContain(
      "reply/float expiry/claim.lua `lease_ends_ms` may have a fraction, but an integer is declared",
    );
  });

  test("reports a type that is no longer proved", () => {
    expect(
      planted("expiry/discard.lua", 'redis.call("HLEN", attempts)', 'redis.call("EXISTS", attempts)'),
    ).toContainEqual(
      expect.stringMatching(
        /^order\/write-before-check expiry\/discard\.lua after `\w+` on line \d+.*, `HDEL` can fail because no command has proved the type of `attempts`$/,
      ),
    );
  });

  test("reports a state that is checked only after a write", () => {
    const late = planted(
      "stock/release.lua",
      "  local now = now_ms()",
      '  redis.call("HSET", stock, "held", 1)\n  local now = now_ms()',
    );
    expect(late).toContainEqual(
      expect.stringMatching(
        /^order\/write-before-check stock\/release\.lua after `HSET` on line \d+, `error\(\)` can stop the script$/,
      ),
    );
  });

  test("reports an acknowledgement that needs memory", () => {
    const set = planted(
      "views/ack.lua",
      'redis.call("DEL", views_batch)',
      'redis.call("HSET", views_batch, "x", "1")',
    );
    expect(set).toEqual([
      "flags/allow-oom views/ack.lua `HSET` needs memory, so a full Redis rejects `views.ack`",
    ]);
  });

  test("reports a limit that is removed", () => {
    expect(planted("lib/price/sale_calendar.lua", "  -- at most 99 spans\n", "")).toContain(
      "bounds/loop lib/price/sale_calendar.lua the loop declares no limit",
    );
  });

  test("reports an outcome without its value", () => {
    expect(
      planted(
        "lock/acquire.lua",
        'return "acquired", fence, lease_ends_ms, true',
        'return "acquired", nil, lease_ends_ms, true',
      ),
    ).toEqual(['reply/mismatch lock/acquire.lua `fence` is nil with "acquired", for which it is declared']);
  });
});

test("every rule has a test that expects it", () => {
  const tests = readdirSync(HERE)
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(HERE, file), "utf8"))
    .join("\n");
  for (const rule of Object.keys(RULES)) expect(tests, rule).toMatch(new RegExp(`["\`]${rule}\\b`));
});
