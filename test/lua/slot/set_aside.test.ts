import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { slot } = tenant.scripts;
const messages = await Messages.of(redis, scope.namespace);

test("a product is set aside and redriven, and late calls of both change nothing", async () => {
  const product = freshName();
  const member = `${scope.tenant}:${product}`;
  const [due, dead] = [keys.slotDue(scope, product), keys.slotDead(scope, product)];
  await redis.zadd(due, 1_700_000_000_000, member);
  const setAside = { product, member, dueMs: 1_700_000_000_000, reason: "CORRUPT held" };
  expect(await slot.setAside({ ...setAside, dueMs: 1 })).toEqual({ outcome: "changed" });
  expect(await slot.setAside(setAside)).toEqual({ outcome: "set_aside" });
  expect(await redis.zscore(due, member)).toBeNull();
  const [since = "", ...reason] = (await redis.hget(dead, member))?.split(" ") ?? [];
  expect(reason.join(" ")).toBe("CORRUPT held");
  const redrive = { product, member, sinceMs: Number(since) };
  expect(await slot.redrive({ ...redrive, sinceMs: 1 })).toEqual({ outcome: "unknown" });
  expect(await slot.redrive(redrive)).toEqual({ outcome: "redriven" });
  const dueMs = Number(await redis.zscore(due, member));
  expect(dueMs).toBeGreaterThan(Date.now() - 60_000);
  expect(await messages.on(due)).toEqual([String(dueMs)]);
  expect(await slot.setAside(setAside)).toEqual({ outcome: "changed" });
  expect(await slot.redrive(redrive)).toEqual({ outcome: "unknown" });
  expect(await redis.zscore(due, member)).toBe(String(dueMs));
});
