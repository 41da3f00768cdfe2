import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS, maxOf, names } from "./items.js";

const { views: v } = scripts;
const period = "2026-11-27";
const FEW = 5;
/** The end of the period, for all visits. */
const END_MS = Date.now() + DAY_MS;

const counts = (products: number) => names("product", products).map((product) => ({ product, count: 3 }));

const addition = (call: number, products: number) => ({
  shard: "shard-1",
  operation: `page-${call}`,
  views: counts(products),
  rememberMs: DAY_MS,
});

/** A shard of this call alone, with counted views. */
async function counted({ acme }: CaseGround, call: number, products: number): Promise<string> {
  const shard = `shard-${call}`;
  for (let from = 0; from < products; from += maxOf("views.add", "views")) {
    const views = counts(products).slice(from, from + maxOf("views.add", "views"));
    await acme.views.add({ shard, operation: `page-${from}`, views, rememberMs: DAY_MS });
  }
  return shard;
}

const taking = async (ground: CaseGround, call: number, limit: number) => ({
  shard: await counted(ground, call, limit),
  limit,
});
const taken = async (ground: CaseGround, call: number, products: number) => {
  const { shard, limit } = await taking(ground, call, products);
  const reply = await ground.acme.views.take({ shard, limit });
  if (reply.outcome !== "batch") throw new Error(`${shard} is ${reply.outcome}`);
  return { shard, batch: reply.batch };
};
const visit = (call: number, count: number) => ({
  product: "lamp",
  period,
  viewers: names(`viewer-${call}`, count),
  keepUntilMs: END_MS,
});
const seen = async ({ acme, once }: CaseGround, count: number) => {
  const list = Math.min(count, maxOf("views.visit", "viewers"));
  await once("viewers", async () => {
    for (let call = 0; call * list < count; call++) await acme.views.visit(visit(call, list));
  });
  return { product: "lamp", period };
};

const few = { calls: 50 };

export const views = [
  path(v.add, "5 products", (_, call) => addition(call, FEW), { outcome: "added" }),
  path(v.add, "sent again", (_, call) => addition(call, FEW), { outcome: "repeated", sentBefore: true }),
  atLimit(v.add, "the longest list", (_, call) => addition(call, maxOf("views.add", "views")), {
    outcome: "added",
  }),
  path(v.take, "5 products", (ground, call) => taking(ground, call, FEW), { ...few, outcome: "batch" }),
  atLimit(
    v.take,
    "the greatest limit",
    (ground, call) => taking(ground, call, maxOf("views.take", "limit")),
    { outcome: "batch", fills: ["views_batch"] },
  ),
  path(v.ack, "5 products", (ground, call) => taken(ground, call, FEW), { ...few, outcome: "acked" }),
  atLimit(
    v.ack,
    "a batch of the greatest limit",
    (ground, call) => taken(ground, call, maxOf("views.take", "limit")),
    { outcome: "acked" },
  ),
  path(v.visit, "1 viewer", (_, call) => visit(call, 1), { outcome: "noted" }),
  atLimit(v.visit, "the longest list", (_, call) => visit(call, maxOf("views.visit", "viewers")), {
    outcome: "noted",
  }),
  path(v.viewers, "5 viewers", (ground) => seen(ground, FEW)),
  atLimit(v.viewers, "100,000 viewers", (ground) => seen(ground, 100_000), { fills: ["viewers"] }),
];
