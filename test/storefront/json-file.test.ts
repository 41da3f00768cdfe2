import { lstat, symlink, writeFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { openJsonFile } from "../../examples/storefront/json-file.js";
import { Tally } from "../../examples/storefront/replay/tally.js";
import { toResult } from "../../examples/storefront/result.js";
import { temporaryFolder } from "./program.js";

const folder = await temporaryFolder();
afterAll(() => folder.remove());

const result = toResult(
  {
    stock: 0,
    elapsedMs: 0,
    sent: new Tally(),
    totals: {
      sales: 0,
      returns: 0,
      refusedSales: 0,
      refusedUnits: 0,
      priceEvents: 0,
      views: 0,
      viewsInDatabase: 0,
      duplicatesDelivered: 0,
      duplicatesIgnored: 0,
    },
    products: [],
    redis: new Map(),
  },
  false,
);

test("follows a link to its file, and leaves the link", async () => {
  await symlink(folder.file("target.json"), folder.file("link.json"));
  await writeFile(folder.file("target.json"), "earlier");
  await (await openJsonFile(folder.file("link.json"))).write(result);
  expect(await folder.json("target.json")).toMatchObject({ balanced: false });
  expect((await lstat(folder.file("link.json"))).isSymbolicLink()).toBe(true);
});

test("writes to what is no file, and leaves it what it is", async () => {
  await (await openJsonFile("/dev/null")).write(result);
  expect((await lstat("/dev/null")).isCharacterDevice()).toBe(true);
});
