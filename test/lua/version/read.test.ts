import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { version } = tenant.scripts;
const week = 604_800_000;

test("the client makes the text of a new version, and each lost version gets another one", async () => {
  const first = await version.read({ resource: "lamp" });
  expect(first).toEqual({ outcome: "known", token: expect.stringMatching(/^.{16,64}$/), number: 0 });
  expect(await version.read({ resource: "lamp" })).toEqual(first);
  await redis.del(keys.version(scope, "lamp"));
  const second = await version.read({ resource: "lamp" });
  expect(second).toMatchObject({ outcome: "known" });
  expect(second).not.toEqual(first);
});

test("a reading extends the life of a version only in its second half", async () => {
  const key = keys.version(scope, "vase");
  await version.read({ resource: "vase" });
  await redis.pexpire(key, week - 60_000);
  await version.read({ resource: "vase" });
  expect(await redis.pttl(key)).toBeLessThanOrEqual(week - 60_000);
  await redis.pexpire(key, week / 2 - 60_000);
  await version.read({ resource: "vase" });
  expect(await redis.pttl(key)).toBeGreaterThan(week - 60_000);
});

test("many resources in one call, some of them written", async () => {
  await version.beginWrite({ resource: "busy", writer: "w1", writeMs: 600_000 });
  const results = await version.read.many([{ resource: "rug" }, { resource: "busy" }, { resource: "rug" }]);
  const [rug, busy, again] = results;
  expect(busy).toMatchObject({ ok: true, reply: { outcome: "writing" } });
  expect(rug).toMatchObject({ ok: true, reply: { outcome: "known" } });
  expect(again).toEqual(rug);
});
