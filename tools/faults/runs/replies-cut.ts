import { startProxy } from "../../../src/testing/index.js";
import type { Bench } from "../bench.js";
import type { Fault } from "../fault.js";
import { client, connect, ownServer, type Place } from "../support/connections.js";
import { crowd, number } from "../support/crowd.js";
import { countedViews } from "../support/views.js";

const CLIENTS = 32;
const VIEWS_A_CALL = 1;
const CUT = 0.05;

/** A proxy drops connections before their replies arrive, and clients send again. */
export const repliesCut: Fault = {
  id: 3,
  name: "5 % of the replies are cut, and clients send again",
  async run(bench) {
    const server = await ownServer(bench);
    const calls = bench.size({ full: 1_000_000, quick: 3_000 });
    const views = calls * VIEWS_A_CALL;
    const { counted, cuts } = await count(bench, server, calls);
    const plain = await countPlainly(bench, server, Math.min(calls, 20_000));
    return {
      size: `${number(views)} views in ${number(calls)} calls by ${CLIENTS} clients, ${number(cuts)} connections cut`,
      figure: `${number(Math.max(0, counted - views))} double, ${number(Math.max(0, views - counted))} lost of ${number(views)}`,
      control: `plain INCR, as ioredis sends it again by itself: ${number(plain.counted - plain.acknowledged)} too many of ${number(plain.acknowledged)}`,
      ok: counted === views && cuts > 0 && plain.counted > plain.acknowledged,
    };
  },
};

async function count(bench: Bench, server: Place, calls: number) {
  const proxy = bench.closing(await startProxy(server), (started) => started.stop());
  const namespace = bench.name();
  const tenants = Array.from({ length: CLIENTS }, () => client(bench, proxy, namespace).tenant);
  proxy.cutReplies({ probability: CUT, seed: 3 });
  await crowd(bench, { count: calls, hands: CLIENTS }, async (index, hand) => {
    await tenants[hand]?.views.add(
      { shard: "0", views: [{ product: `p${index % 50}`, count: VIEWS_A_CALL }], rememberMs: 600_000 },
      { deadlineMs: 60_000 },
    );
  });
  const direct = client(bench, server, namespace);
  return { counted: await countedViews(direct.redis, namespace, ["0"]), cuts: proxy.counters.cuts };
}

/** The way without an operation: INCR over the same kind of proxy. */
async function countPlainly(bench: Bench, server: Place, calls: number) {
  const proxy = bench.closing(await startProxy(server), (started) => started.stop());
  const connections = Array.from({ length: CLIENTS }, () => connect(bench, proxy));
  const key = `${bench.name()}:plain`;
  proxy.cutReplies({ probability: CUT, seed: 3 });
  let acknowledged = 0;
  await crowd(bench, { count: calls, hands: CLIENTS }, async (_, hand) => {
    await connections[hand]?.incr(key);
    acknowledged++;
  });
  return { acknowledged, counted: Number(await connect(bench, server).get(key)) };
}
