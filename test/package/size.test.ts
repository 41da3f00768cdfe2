import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { scripts } from "../../generated/ts/index.js";
import { measureBundle, SIZED_BUNDLES } from "../../tools/size/bundles.js";
import {
  addedTo,
  exactly,
  MAX_BYTES,
  MAX_PACKAGES,
  packagesIn,
  withInstalled,
} from "../../tools/size/installed.js";
import { ROOT } from "../support/bundle.js";
import { type Consumer, installedPackage, succeed } from "../support/consumer.js";
import { freshNamespace } from "../support/redis.js";

let consumer: Consumer;
beforeAll(async () => {
  consumer = await installedPackage();
}, 300_000);
afterAll(() => consumer?.remove());

/** The names of all scripts that a bundle holds. */
function scriptsIn(code: string): readonly string[] {
  const names = Object.values(scripts).flatMap((domain) =>
    Object.values<{ readonly name: string }>(domain).map(({ name }) => name),
  );
  return names.filter((name) => code.includes(`"${name}"`));
}

describe("the package beside ioredis", () => {
  test(`adds at most ${MAX_PACKAGES} packages and ${MAX_BYTES} bytes`, async () => {
    const ioredis = await exactly(ROOT, "ioredis");
    const base = await withInstalled([ioredis], packagesIn);
    const all = await withInstalled([ioredis, consumer.moonpath.tarball], packagesIn);
    const added = addedTo(base, all);
    expect(added.map(({ name }) => name)).toContain("moonpath");
    expect(added.length).toBeLessThanOrEqual(MAX_PACKAGES);
    const bytes = added.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes).toBeGreaterThan(500_000);
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
  }, 150_000);
});

describe("a bundle with the installed package", () => {
  test.each(SIZED_BUNDLES.filter(({ maxBytes }) => maxBytes !== undefined))(
    "of $name is small",
    async (bundle) => {
      const { bytes, parts } = await measureBundle(consumer.folder, bundle);
      expect(parts.length).toBeGreaterThan(10);
      expect(bytes).toBeLessThan(bundle.maxBytes ?? 0);
    },
  );

  test.each([
    { name: "one call of stock.adjust", holds: /^stock\.adjust$/ },
    { name: "the domain price", holds: /^price\./ },
    { name: "the domain stock", holds: /^stock\./ },
    { name: "all scripts", holds: /./ },
  ])("of $name has the scripts that it uses, and no others", async ({ name, holds }) => {
    const bundle = SIZED_BUNDLES.find((one) => one.name === name);
    if (bundle === undefined) throw new Error(`nothing is measured under the name ${name}`);
    const { code } = await measureBundle(consumer.folder, bundle);
    const expected = scriptsIn(JSON.stringify(scripts)).filter((one) => holds.test(one));
    expect(expected).not.toEqual([]);
    expect(scriptsIn(code)).toEqual(expected);
  });

  test("loads only its script, and an error in it has the line of the source", async () => {
    const { code } = await measureBundle(consumer.folder, { name: "a service", source: SERVICE });
    await consumer.write("bundled.mjs", code);
    const env = { REDIS_URL: inject("redisUrl"), NAMESPACE: freshNamespace() };
    const output = await succeed(process.execPath, [join(consumer.folder, "bundled.mjs")], {
      cwd: consumer.folder,
      env,
    });
    expect(output).toBe("WRONG_TYPE lua/lib/stock/stock_levels.lua stock.adjust\n");
  });
});

const SERVICE = `
import { Redis } from "ioredis";
import { createScriptClient } from "moonpath/client";
import { keys, stockAdjust } from "moonpath/stock";

const redis = new Redis(process.env.REDIS_URL);
const client = createScriptClient(redis, { stock: { adjust: stockAdjust } }, { namespace: process.env.NAMESPACE });
const scope = { namespace: client.namespace, tenant: "acme" };
await redis.set(keys.stock(scope, "lamp"), "no hash");
const { stock } = client.tenant("acme");
await stock
  .adjust({ product: "lamp", change: -1, backorder: false, low: 2, rememberMs: 60_000 })
  .catch((error) => console.log(error.code, error.source.replace(/:\\d+$/, ""), Object.keys(stock).map((name) => "stock." + name).join()));
client.close();
redis.disconnect();
`;
