import { Cluster, Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as keys from "../../../generated/ts/keys.js";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import { slotOf } from "../../../src/client/connection/slot.js";
import { createMoonpath } from "../../../src/index.js";
import { type RedisCluster, startRedisCluster } from "../../../src/testing/index.js";
import { moment } from "../../support/cache/kit.js";
import { afterTest } from "../../support/cleanup.js";
import { freshNamespace } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

const TIME = { timeout: 60_000 };
const HEARTBEAT_MS = 300;

let servers: RedisCluster;
beforeAll(async () => {
  servers = await startRedisCluster({ own: true, nodeTimeoutMs: 1_000 });
}, 60_000);
afterAll(() => servers.stop());

function connect(): Cluster {
  const places = servers.nodes.map(({ host, port }) => ({ host, port }));
  const redis = new Cluster(places, { redisOptions: { password: servers.password } });
  redis.on("error", () => {});
  afterTest(() => redis.disconnect());
  return redis;
}

function admin(place: number): Redis {
  const redis = new Redis(servers.nodes[place]?.url ?? "");
  redis.on("error", () => {});
  afterTest(() => redis.disconnect());
  return redis;
}

/** A process with L1, and another one that changes things. */
async function setUp() {
  const namespace = freshNamespace();
  const moonpath = createMoonpath(connect(), {
    namespace,
    cache: { l1: memoryL1({ heartbeatMs: HEARTBEAT_MS }) },
  });
  const other = createMoonpath(connect(), { namespace });
  afterTest(
    () => moonpath.close(),
    () => other.close(),
  );
  await Promise.all([moonpath.ready(), other.ready()]);
  const source = { version: 1 };
  const definition = {
    pattern: "product:<product>",
    cacheTimeoutMs: 10_000,
    freshMs: 600_000,
    earlyRefresh: 0,
    tags: ["brand"],
    load: async () => ({ version: source.version }),
  } as const;
  const scope = { namespace, tenant: "acme" };
  return {
    source,
    acme: moonpath.cache(definition).tenant("acme"),
    others: other.cache(definition).tenant("acme"),
    otherTags: other.tenant("acme").cache,
    slots: {
      entry: slotOf(keys.cacheEntry(scope, "product:lamp")),
      tag: slotOf(keys.cacheTag(scope, "brand")),
    },
  };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

const lamp = { product: "lamp" };

async function inL1({ acme }: SetUp): Promise<void> {
  await eventually("L1 answers", async () => {
    const found = await acme.getOrLoad(lamp);
    expect(await acme.getOrLoad(lamp)).toBe(found);
  });
}

/** Another process invalidates, and then nothing old is answered once the message has arrived. */
async function isHeard(kit: SetUp, kind: "entry" | "tag"): Promise<void> {
  const { source, others, otherTags, acme } = kit;
  source.version++;
  const options = { deadlineMs: 10_000 };
  // It is pending if this process hears of another topology meanwhile.
  await eventually("it is confirmed", async () => {
    const invalidated =
      kind === "entry" ? others.invalidate(lamp, options) : otherTags.invalidateTags(["brand"], options);
    expect(await invalidated).toBe("done");
  });
  await moment(HEARTBEAT_MS);
  for (let call = 0; call < 5; call++) {
    expect(await acme.getOrLoad(lamp)).toEqual({ version: source.version });
    await moment(10);
  }
}

/** Moves a slot from its owner to another primary. `meanwhile` runs when all keys have moved. */
async function move(slot: number, meanwhile: () => Promise<void>): Promise<void> {
  const primaries = [0, 1, 2].map(admin);
  const ids = await Promise.all(primaries.map(async (node) => String(await node.cluster("MYID"))));
  const owned = await Promise.all(
    primaries.map((node) => node.cluster("COUNTKEYSINSLOT", slot).then((count) => Number(count) > 0)),
  );
  const place = owned.indexOf(true);
  const other = (place + 1) % primaries.length;
  const [from, to, fromId = "", toId = ""] = [primaries[place], primaries[other], ids[place], ids[other]];
  if (!from || !to) throw new Error("nobody has keys of the slot");
  await to.cluster("SETSLOT", slot, "IMPORTING", fromId);
  await from.cluster("SETSLOT", slot, "MIGRATING", toId);
  const moved = (await from.cluster("GETKEYSINSLOT", slot, 100)).map(String);
  const target = ["127.0.0.1", String(to.options.port), "", "0", "5000", "AUTH", servers.password];
  await from.call("MIGRATE", [...target, "KEYS", ...moved]);
  await meanwhile();
  for (const node of [to, from, ...primaries]) await node.cluster("SETSLOT", slot, "NODE", toId);
}

for (const kind of ["entry", "tag"] as const) {
  test(`the slot of the ${kind} moves: the old and the new owner are heard`, TIME, async () => {
    const kit = await setUp();
    await inL1(kit);
    // Half moved: the new owner answers for the tag, after ASK. For several keys it may answer TRYAGAIN.
    await move(kit.slots[kind], async () => {
      if (kind === "tag") await isHeard(kit, kind);
    });
    await inL1(kit);
    await isHeard(kit, kind);
    await inL1(kit);
    await isHeard(kit, kind);
  });
}

test("a primary dies, and its replica is heard", TIME, async () => {
  const kit = await setUp();
  await inL1(kit);
  const owners = await Promise.all(
    [0, 1, 2].map(async (place) => Number(await admin(place).cluster("COUNTKEYSINSLOT", kit.slots.entry))),
  );
  const victim = servers.nodes[owners.findIndex((count) => count > 0)];
  await victim?.kill();
  await eventually("the replica has taken over", async () => {
    expect(await kit.others.invalidate(lamp, { deadlineMs: 5_000 })).toBe("done");
  });
  await inL1(kit);
  await isHeard(kit, "entry");
  await inL1(kit);
  await isHeard(kit, "tag");
  await victim?.restart();
  await servers.healthy();
});
