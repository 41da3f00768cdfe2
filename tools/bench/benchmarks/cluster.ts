import { Redis } from "ioredis";
import { createMoonpath } from "../../../src/index.js";
import { redisFromUrl, startRedisCluster } from "../../../src/testing/index.js";
import type { Benchmark } from "../benchmark.js";
import { NAMESPACE, TENANT } from "../contestants/moonpath.js";
import { runRounds } from "../processes/rounds.js";
import { serverCpuUs } from "../processes/server-cpu.js";
import { inFlight, rateCase } from "../support/compare.js";
import { fillStock } from "../support/products.js";

const OPEN = 512;
const MASTERS = 3;
const OURS = "stock.read, Moonpath";
const PIPELINED = "stock.read, ioredis with autopipelining";
const PLAIN = "stock.read, ioredis";
const NODE_REDIS = "stock.read, node-redis cluster";

export const cluster: Benchmark = {
  heading: "Calls on a cluster",
  method: "`stock.read` of 1,000 products over all slots of three masters, with 512 calls in flight.",
  async measure(ground) {
    ground.progress("starting a cluster");
    const started = await startRedisCluster({ own: true, masters: MASTERS, replicasPerMaster: 0 });
    ground.defer(() => started.stop());
    const redis = redisFromUrl(started.url);
    ground.defer(() => redis.disconnect());
    const moonpath = createMoonpath(redis, { namespace: NAMESPACE, deadlineMs: 60_000 });
    ground.defer(() => moonpath.close());
    await moonpath.ready();
    await fillStock(moonpath.tenant(TENANT));
    const nodes = started.nodes.map(({ url }) => new Redis(url));
    ground.defer(() => nodes.map((node) => node.disconnect()));
    const allUs = async () => {
      const times = await Promise.all(nodes.map(serverCpuUs));
      return times.reduce((sum, us) => sum + us, 0);
    };
    const sides = await ground.start([OURS, PLAIN, PIPELINED, NODE_REDIS], started.url);
    ground.progress("calls over all slots");
    const rounds = ground.isQuick ? 3 : 9;
    const of = await runRounds(sides, inFlight(OPEN, ground), { rounds, warmUps: 2 }, allUs);
    const name = (peer: string) => `stock.read on ${MASTERS} masters, ${OPEN} in flight, to ${peer}`;
    return {
      cases: [
        rateCase(name("ioredis, autopipelining"), of(OURS), of(PIPELINED), "calls/s", { atLeast: 2 }),
        rateCase(name("ioredis"), of(OURS), of(PLAIN), "calls/s"),
        rateCase(name("node-redis"), of(OURS), of(NODE_REDIS), "calls/s"),
      ],
    };
  },
};
