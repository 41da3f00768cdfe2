import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCosts } from "../../../../tools/codegen/src/costs.js";
import { generate } from "../../../../tools/codegen/src/generate.js";
import { ROOT } from "../../../support/bundle.js";
import { OWN_OPTIONS, ownSources } from "../../../support/codegen/own-scripts.js";

const costs = readCosts(readFileSync(join(ROOT, "lua", "costs.json"), "utf8"));
const { files, model } = generate(ownSources, { ...OWN_OPTIONS, costs });
const sheets = model.scripts.map(({ domain, operation }) => sheetOf(`${domain}/${operation}`));

function sheetOf(path: string): string {
  return files.get(`review/${path}.md`) ?? "";
}

/** The row of a key in the table *Number of keys*: its cells after the name. */
function sizeRow(path: string, key: string): string[] {
  const [, section = ""] = /^## Number of keys\n([\s\S]*?)\n## /m.exec(sheetOf(path)) ?? [];
  const row = section.split("\n").find((line) => line.startsWith(`| \`${key}\` |`)) ?? "";
  return row.split(" | ").slice(1);
}

test("keys of slots are counted by slots, and a key with a fixed tenant is not one for each tenant", () => {
  const howMany = (path: string, key: string) => sizeRow(path, key).at(-1) ?? "";
  expect(howMany("stock/reserve", "slot_due")).toContain("at most 16,384 for each namespace;");
  expect(howMany("slot/set_aside", "slot_dead")).toContain("at most 16,384 for each namespace;");
  expect(howMany("expiry/claim", "slot_queue")).toContain("at most 16,384 for each namespace and queue;");
  expect(howMany("slot/join", "workers")).toContain(
    "one for each group, because the tenant is always `moonpath`",
  );
  expect(howMany("expiry/open", "shards")).toContain(
    "one for each queue, because the tenant is always `moonpath`",
  );
  expect(howMany("views/visit", "viewers")).toContain(
    "new keys a day = different combinations of product and period a day",
  );
  expect(howMany("stock/adjust", "stock_operation")).toContain("new keys a day = different operations a day");
});

test("every key has a measured size, with its elements and the bytes of a further one", () => {
  for (const sheet of sheets) expect(sheet).not.toContain("not measured");
  const [bytes = "", further = ""] = sizeRow("expiry/track", "due");
  expect(bytes).toMatch(/^[\d,]+ with [\d,]+ members$/);
  expect(Number(further)).toBeGreaterThan(50);
});

test("a key that a contract limits has its greatest size", () => {
  const most = (path: string, key: string) => sizeRow(path, key)[2] ?? "";
  expect(most("views/visit", "viewers")).toMatch(/^14,4\d\d$/);
  expect(most("stock/read", "stock")).toMatch(/with 20\d fields$/);
  expect(most("slot/join", "workers")).toMatch(/with 250 members$/);
  expect(most("expiry/ack", "claim")).toMatch(/with 101 elements$/);
  expect(most("expiry/track", "due")).toBe("");
});

test("the numbers of commands are those of the listed names", () => {
  const rows = sheets.flatMap((sheet) => [...sheet.matchAll(/ \| ([\d.]+): ([A-Z0-9, ]+) \| /g)]);
  expect(rows.length).toBeGreaterThan(60);
  for (const [row, number, names = ""] of rows) {
    const counts = names.split(", ").map((name) => Number(/^\d+(?= )/.exec(name)?.[0] ?? 1));
    expect(Number(number), row).toBe(counts.reduce((sum, count) => sum + count, 0));
  }
});

test("alerts are about keys that can grow, and every dead entry is one", () => {
  expect(sheetOf("views/take")).not.toContain("`MEMORY USAGE");
  expect(sheetOf("expiry/open")).not.toContain("rises from week to week");
  expect(sheetOf("stock/reserve")).not.toContain("`HLEN {stock}` rises");
  expect(sheetOf("stock/reserve")).toContain("`HLEN {reservations}` rises from week to week");
  expect(sheetOf("slot/set_aside")).toContain("`HLEN {slot_dead}` is not 0");
  expect(files.get("review/README.md")).toContain("CONFIG SET slowlog-log-slower-than 1000");
});

test("a repair that names a script leads to the line that calls it", () => {
  expect(sheetOf("stock/reserve")).toContain("call [stock.recount](../stock/recount.md#call-by-hand)");
  expect(sheetOf("stock/recount")).toMatch(/^## Call by hand\n\n```\nredis-cli .* EVALSHA /m);
});
