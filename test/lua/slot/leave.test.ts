import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { Messages } from "../../support/lua/messages.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();
const { slot } = tenant.scripts;
const messages = await Messages.of(redis, scope.namespace);

test("slot.leave ends the membership at once, also for a late call of join", async () => {
  const group = freshName();
  for (const worker of ["a", "b"]) await slot.join({ group, worker, leaseMs: 600_000 });
  expect(await slot.leave({ group, worker: "a" })).toEqual({ outcome: "left" });
  expect(await slot.join({ group, worker: "a", leaseMs: 600_000 })).toEqual({ outcome: "left" });
  expect(await slot.join({ group, worker: "c", leaseMs: 600_000 })).toMatchObject({ members: ["b", "c"] });
  expect(await messages.on(keys.workers(scope, group))).toEqual(["joined", "joined", "left", "joined"]);
});
