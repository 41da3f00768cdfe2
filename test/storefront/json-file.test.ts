import { spawnSync } from "node:child_process";
import { lstat, open, readFile, symlink, writeFile } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { openJsonFile } from "../../examples/storefront/json-file.js";
import { Tally } from "../../examples/storefront/replay/tally.js";
import { toResult } from "../../examples/storefront/result.js";
import { temporaryFolder } from "../support/storefront/program.js";

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
      viewsInDatabase: 0,
      duplicatesDelivered: 0,
      duplicatesIgnored: 0,
    },
    products: [],
    redis: new Map(),
    offers: {
      made: 0,
      extended: 0,
      cancelled: 0,
      expired: 0,
      running: 0,
      inRedis: 0,
      rowsLost: 0,
      trackingLost: 0,
      cleaned: 0,
    },
    carts: { held: 0, released: 0, expired: 0 },
    pageViews: { statements: 0, rows: 0 },
    orders: {
      open: 0,
      sold: 0,
      refused: 0,
      lines: 0,
      reservations: 0,
      soldMinor: 0,
      refusedMinor: 0,
      discountMinor: 0,
    },
    coupons: [],
    priceSales: { planned: 0, ended: 0, now: new Map() },
  },
  false,
);

test("openJsonFile follows a link to its file, and keeps the link", async () => {
  await symlink(folder.file("target.json"), folder.file("link.json"));
  await writeFile(folder.file("target.json"), "earlier");
  await (await openJsonFile(folder.file("link.json"))).write(result);
  expect(await folder.json("target.json")).toMatchObject({ balanced: false });
  expect((await lstat(folder.file("link.json"))).isSymbolicLink()).toBe(true);
});

test("openJsonFile makes the file at the end of several links", async () => {
  await symlink("new.json", folder.file("first.json"));
  await symlink(folder.file("first.json"), folder.file("second.json"));
  await (await openJsonFile(folder.file("second.json"))).write(result);
  expect(await folder.json("new.json")).toMatchObject({ balanced: false });
  expect((await lstat(folder.file("second.json"))).isSymbolicLink()).toBe(true);
  expect((await lstat(folder.file("first.json"))).isSymbolicLink()).toBe(true);
});

test("openJsonFile refuses links that form a cycle", async () => {
  await symlink("round.json", folder.file("about.json"));
  await symlink("about.json", folder.file("round.json"));
  await expect(openJsonFile(folder.file("round.json"))).rejects.toThrow("its links form a cycle");
});

test.runIf(process.platform === "linux")(
  "openJsonFile writes to /dev/stdout, whether it is a file or a pipe",
  async () => {
    const script = `
    import { openJsonFile } from ${JSON.stringify(new URL("../../examples/storefront/json-file.ts", import.meta.url).href)};
    process.stdout.write("before\\n");
    await (await openJsonFile("/dev/stdout")).write({ lines: 1 });
    process.stdout.write("after\\n");`;
    await writeFile(folder.file("script.mts"), script);
    const target = await open(folder.file("output.txt"), "w");
    const run = (stdout: "pipe" | number) =>
      spawnSync(process.execPath, ["--import", "tsx", folder.file("script.mts")], {
        stdio: ["ignore", stdout, "inherit"],
        encoding: "utf8",
      });
    run(target.fd);
    await target.close();
    const text = 'before\n{\n  "lines": 1\n}\nafter\n';
    expect(await readFile(folder.file("output.txt"), "utf8")).toBe(text);
    expect(run("pipe").stdout).toBe(text);
  },
);

test("openJsonFile writes to a device, and does not replace it", async () => {
  await (await openJsonFile("/dev/null")).write(result);
  expect((await lstat("/dev/null")).isCharacterDevice()).toBe(true);
});
