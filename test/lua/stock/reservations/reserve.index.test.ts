import { expect, test } from "vitest";
import { createScriptClient } from "../../../../src/client/index.js";
import { keys, scripts } from "../../../../src/index.js";
import { clockKey, withClock } from "../../../support/lua/clock.js";
import { nowMs } from "../../../support/lua/commands.js";
import { Messages } from "../../../support/lua/messages.js";
import { hour, keysOfStock, stocked } from "../../../support/lua/reservations.js";
import { freshTenant } from "../../../support/lua/tenants.js";

const context = freshTenant();
const { redis, scope, tenant } = context;

const tenantAtClock = createScriptClient(
  redis,
  { stock: { reserve: withClock(scripts.stock.reserve) } },
  { namespace: scope.namespace, deadlineMs: 15_000 },
).tenant(scope.tenant);

const commit = (product: string, reservation: string) =>
  tenant.stock.commit({ product, reservation, rememberMs: hour });

test("stock.reserve enters its product at the earliest end into the index of the slot, and says so", async () => {
  const product = await stocked(context, "indexed", [9]);
  const index = keys.slotDue(scope, product);
  const messages: string[] = [];
  const listener = redis.duplicate();
  await listener.subscribe(index);
  listener.on("message", (_channel: string, message: string) => messages.push(message));
  const held = async (reservation: string, leaseMs: number) => {
    const reply = await tenant.stock.reserve({ product, reservation, units: 1, leaseMs, rememberMs: hour });
    return reply.outcome === "reserved" ? reply.leaseEndsMs : 0;
  };
  const member = `${scope.tenant}:${product}`;
  const first = await held("first", 2 * hour);
  expect(await redis.zrange(index, "0", "-1", "WITHSCORES")).toEqual([member, String(first)]);
  await held("later", 3 * hour);
  const earlier = await held("earlier", hour);
  expect(Number(await redis.zscore(index, member))).toBe(earlier);
  // Commit and release leave the entry for the next sweep.
  await commit(product, "earlier");
  expect(Number(await redis.zscore(index, member))).toBe(earlier);
  await expect.poll(() => messages).toEqual([String(first), String(earlier)]);
  // The entry of another product comes before.
  await redis.zadd(index, (await nowMs(redis)) + 30_000, "other:product");
  await held("soon", 60_000);
  await listener.ping();
  expect(messages).toHaveLength(2);
  // The other product is overdue, and nobody sweeps it.
  await redis.zadd(index, 1, "other:product");
  const sooner = await held("sooner", 50_000);
  await expect.poll(() => messages.at(-1)).toBe(String(sooner));
  listener.disconnect();
});

test.each([
  { behind: 0, messages: 1 },
  { behind: 1, messages: 0 },
])(
  "stock.reserve sends $messages messages if the first product of its slot is due in $behind ms",
  async ({ behind, messages }) => {
    const { stock } = tenantAtClock;
    const product = await stocked(context, `behind-${behind}`, [9]);
    const [index, now] = [keys.slotDue(scope, product), 1_800_000_000_000];
    await redis.set(clockKey(keysOfStock(context, product).stock), now);
    await redis.zadd(index, now + behind, "other:product");
    const heard = await Messages.of(redis, scope.namespace);
    const call = { product, reservation: "cart", units: 1, leaseMs: hour, rememberMs: hour };
    expect(await stock.reserve(call)).toMatchObject({ outcome: "reserved", leaseEndsMs: now + hour });
    expect(await heard.on(index)).toHaveLength(messages);
  },
);
