import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { version } = tenant.scripts;

test("after a bump, the next reading has another version", async () => {
  const before = await version.read({ resource: "lamp" });
  expect(await version.bump({ resource: "lamp" })).toEqual({ outcome: "bumped" });
  const after = await version.read({ resource: "lamp" });
  expect(after).toMatchObject({ outcome: "known" });
  expect(after).not.toEqual(before);
});

test("a bump of a resource without a version makes no key", async () => {
  expect(await version.bump({ resource: "vase" })).toEqual({ outcome: "absent" });
  expect(await redis.exists(keys.version(scope, "vase"))).toBe(0);
});

test("a bump during a write takes from its writer that its version is the newest", async () => {
  await version.beginWrite({ resource: "rug", writer: "w1", writeMs: 600_000 });
  expect(await version.bump({ resource: "rug" })).toEqual({ outcome: "absent" });
  expect(await version.endWrite({ resource: "rug", writer: "w1" })).toEqual({
    outcome: "replaced",
    sole: false,
  });
});

test("many bumps in one call", async () => {
  await version.read({ resource: "cup" });
  expect(await version.bump.many([{ resource: "cup" }, { resource: "jug" }])).toMatchObject([
    { ok: true, reply: { outcome: "bumped" } },
    { ok: true, reply: { outcome: "absent" } },
  ]);
});
