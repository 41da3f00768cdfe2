import { readFile } from "node:fs/promises";
import { Cluster, Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { slotOf } from "../../src/client/index.js";
import { createMoonpath, keys, listenToStock, scripts } from "../../src/index.js";
import {
  type RedisCluster,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { freshNamespace } from "../support/redis.js";
import { count, takeEvents } from "../support/stock/events.js";

let cluster: RedisCluster;
let single: RedisServer;
beforeAll(async () => {
  cluster = await startRedisCluster({ own: true, replicasPerMaster: 0 });
  single = await startRedis({ own: true });
  for (const { url } of [...cluster.nodes, single]) {
    const admin = new Redis(url);
    await prepareUsers(admin);
    admin.disconnect();
  }
});
afterAll(async () => {
  await cluster.stop();
  await single.stop();
});

/** Enables the users of the generated ACL, and loads the scripts, as `moonpath load` does. */
async function prepareUsers(admin: Redis): Promise<void> {
  const acl = await readFile(new URL("../../generated/acl/moonpath.acl", import.meta.url), "utf8");
  for (const line of acl.trim().split("\n")) {
    const [, name = "", , ...rules] = line.split(" ");
    await admin.call("ACL", ["SETUSER", name, "on", ">pw", ...rules]);
  }
  const operations = Object.values(scripts).flatMap((domain) => Object.values(domain));
  for (const { lua } of operations) await admin.script("LOAD", lua);
}

const toCluster = (credentials: { readonly username?: string; readonly password: string }) =>
  new Cluster(
    cluster.nodes.map(({ host, port }) => ({ host, port })),
    { redisOptions: credentials },
  );

function opened(redis: Redis | Cluster, namespace: string) {
  const moonpath = createMoonpath(redis, { namespace, deadlineMs: 10_000 });
  afterTest(
    () => redis.disconnect(),
    () => moonpath.close(),
  );
  return moonpath;
}

const back = { type: "status", tenant: "acme", statusBefore: "out_of_stock", status: "in_stock" };

describe("on a cluster", () => {
  test("changes of products on all nodes are heard, on whichever node they were published", async () => {
    const redis = toCluster({ password: cluster.password });
    const moonpath = opened(redis, freshNamespace());
    await moonpath.ready();
    const { stock, scope } = moonpath.tenant("acme");
    const products = Array.from({ length: 30 }, (_, index) => `lamp-${index}`);
    const owners = new Set(
      products.map((product) => redis.slots[slotOf(keys.stock(scope, product))]?.[0] ?? ""),
    );
    expect(owners.size).toBe(3);
    // All listeners of a client share one connection, to one of the nodes.
    const acme = listenToStock(moonpath, { tenant: "acme" });
    const others = products.map((product) => listenToStock(moonpath, { tenant: "acme", product }));
    await Promise.all([acme, ...others].map(({ ready }) => ready));
    for (const product of products) {
      await stock.watch({ product, sequence: 1, low: 0 });
      await stock.setLevel(count(product, 5, 1));
    }
    const heard = await takeEvents(acme, products.length);
    expect(heard.map((event) => event.type === "status" && event.product).toSorted()).toEqual(
      products.toSorted(),
    );
    for (const [index, product] of products.entries()) {
      const [one] = others.slice(index);
      expect(one && (await takeEvents(one, 1))).toEqual([{ ...back, product, available: 5 }]);
    }
  });

  test("after the node of the listener has dropped it, there is a gap, and then the next changes", async () => {
    const moonpath = opened(toCluster({ password: cluster.password }), freshNamespace());
    const { stock } = moonpath.tenant("acme");
    const events = listenToStock(moonpath);
    await events.ready;
    let dropped = 0;
    for (const { url } of cluster.nodes) {
      const admin = new Redis(url);
      // The listener connects to another node then, which must not drop it too.
      if (dropped === 0) dropped = Number(await admin.call("CLIENT", ["KILL", "TYPE", "pubsub"]));
      admin.disconnect();
    }
    expect(dropped).toBe(1);
    expect(await takeEvents(events, 1)).toEqual([{ type: "gap", reason: "reconnected" }]);
    await stock.watch({ product: "lamp", sequence: 1, low: 0 });
    await stock.setLevel(count("lamp", 1, 1));
    expect(await takeEvents(events, 1)).toEqual([{ ...back, product: "lamp", available: 1 }]);
  });
});

describe.each(["moonpath-service", "moonpath-worker"])("%s of the generated ACL", (username) => {
  test.each([
    ["a server", () => new Redis({ host: single.host, port: single.port, username, password: "pw" })],
    ["a cluster", () => toCluster({ username, password: "pw" })],
  ])("hears the changes of one product, of a tenant and of all tenants of %s", async (_, connect) => {
    // The rules are for this namespace.
    const moonpath = opened(connect(), "moonpath");
    const product = `lamp-of-${username}`;
    const { stock } = moonpath.tenant("acme");
    const listeners = [{}, { tenant: "acme" }, { tenant: "acme", product }].map((options) =>
      listenToStock(moonpath, options),
    );
    await Promise.all(listeners.map(({ ready }) => ready));
    await stock.watch({ product, sequence: 1, low: 0 });
    await stock.setLevel(count(product, 3, 1));
    for (const events of listeners) {
      expect(await takeEvents(events, 1)).toEqual([{ ...back, product, available: 3 }]);
    }
  });
});
