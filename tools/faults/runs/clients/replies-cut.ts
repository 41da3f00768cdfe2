import { startProxy } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { client, connect, ownServer, type ServerAddress } from "../../support/connections.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";
import { countedViews } from "../../support/views.js";

const CLIENTS = 32;
const VIEWS_A_CALL = 1;
const CUT = 0.05;

/** A proxy closes connections before their replies arrive, and clients retry. */
export const repliesCut: Fault = {
  id: 3,
  name: "5 % of the replies cut, and clients that retry",
  async run(run) {
    const server = await ownServer(run);
    const calls = run.size({ full: 1_000_000, quick: 3_000 });
    const views = calls * VIEWS_A_CALL;
    const { counted, cuts } = await count(run, server, calls);
    const plain = await countPlainly(run, server, Math.min(calls, 20_000));
    return {
      size: `${formatNumber(views)} views in ${formatNumber(calls)} calls by ${CLIENTS} clients, ${formatNumber(cuts)} connections cut`,
      figure: `${formatNumber(Math.max(0, counted - views))} double, ${formatNumber(Math.max(0, views - counted))} lost of ${formatNumber(views)}`,
      control: `plain INCR, which ioredis sends again: ${formatNumber(plain.counted - plain.acknowledged)} too many of ${formatNumber(plain.acknowledged)}`,
      ok: counted === views && cuts > 0 && plain.counted > plain.acknowledged,
    };
  },
};

async function count(run: FaultRun, server: ServerAddress, calls: number) {
  const proxy = run.onClose(await startProxy(server), (started) => started.stop());
  const namespace = run.name();
  const tenants = Array.from({ length: CLIENTS }, () => client(run, proxy, namespace).tenant);
  proxy.cutReplies({ probability: CUT, seed: 3 });
  await runConcurrently(run, { count: calls, workers: CLIENTS }, async (index, worker) => {
    await tenants[worker]?.views.add(
      { shard: "0", views: [{ product: `p${index % 50}`, count: VIEWS_A_CALL }], rememberMs: 600_000 },
      { deadlineMs: 60_000 },
    );
  });
  const direct = client(run, server, namespace);
  return { counted: await countedViews(direct.redis, namespace, ["0"]), cuts: proxy.counters.cuts };
}

/** The control without an operation: INCR through the same proxy. */
async function countPlainly(run: FaultRun, server: ServerAddress, calls: number) {
  const proxy = run.onClose(await startProxy(server), (started) => started.stop());
  const connections = Array.from({ length: CLIENTS }, () => connect(run, proxy));
  const key = `${run.name()}:plain`;
  proxy.cutReplies({ probability: CUT, seed: 3 });
  let acknowledged = 0;
  await runConcurrently(run, { count: calls, workers: CLIENTS }, async (_, worker) => {
    await connections[worker]?.incr(key);
    acknowledged++;
  });
  return { acknowledged, counted: Number(await connect(run, server).get(key)) };
}
