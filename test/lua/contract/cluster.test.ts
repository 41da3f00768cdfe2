import type { Cluster } from "ioredis";
import { expect, test } from "vitest";
import { send } from "../../support/lua/commands.js";
import { samples } from "../../support/lua/samples/index.js";
import { tenantOn } from "../../support/lua/tenants.js";
import { freshNamespace, sharedCluster } from "../../support/redis.js";

const tenants = ["acme", "globex", "initech", "umbrella", "hooli", "stark"];
const things = ["lamp", "vase", "rug", "chair", "table", "clock"];

test.each(samples)("$script runs on every master of a cluster", async (sample) => {
  const cluster = sharedCluster();
  const namespace = freshNamespace();
  const masters = new Set<string>();
  for (const name of tenants) {
    const { scope, tenant } = tenantOn(cluster, namespace, name);
    // The clock of a tenant is one key for all things.
    const distinct = new Map(things.map((thing) => [JSON.stringify(sample.keysOf(scope, thing)), thing]));
    await Promise.all(
      [...distinct.values()].map(async (thing) => {
        const keys = sample.keysOf(scope, thing);
        const nodes = await Promise.all(Object.values(keys).map((key) => masterOf(cluster, key)));
        expect(new Set(nodes).size).toBe(1);
        for (const node of nodes) masters.add(node);
        await send(cluster, keys, sample.given);
        expect(await sample.call(tenant, thing)).toMatchObject(sample.reply);
        expect(await sample.call(tenant, thing)).toMatchObject(sample.again);
      }),
    );
  }
  expect(masters.size).toBe(cluster.nodes("master").length);
  expect(masters.size).toBeGreaterThanOrEqual(3);
});

async function masterOf(cluster: Cluster, key: string): Promise<string> {
  const slot = Number(await cluster.cluster("KEYSLOT", key));
  return cluster.slots[slot]?.[0] ?? `nobody has slot ${slot}`;
}
