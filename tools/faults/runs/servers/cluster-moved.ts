import { slotOf } from "../../../../src/client/connection/slot.js";
import { keys, type Tenant } from "../../../../src/index.js";
import type { RedisCluster } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import {
  fillStock,
  type Load,
  redirections,
  soldOf,
  startLoad,
  viewsOf,
} from "../../support/cluster-load.js";
import {
  answeredWith,
  clusterClient,
  moveSlot,
  ownCluster,
  ownsSlot,
  takeOver,
  waitForRole,
} from "../../support/clusters.js";
import { connect } from "../../support/connections.js";
import { moveFullSlot } from "../../support/full-slot.js";
import { formatNumber } from "../../support/run-concurrently.js";
import { startWithoutRedirects } from "../../support/without-redirects.js";

const CLIENTS = 4;
const WORKERS = 16;
/** How long a slot stays half moved. */
const HALF_MS = 30;

/** Under load, the run moves slots with keys in use, kills primaries, and switches roles. */
export const clusterMoved: Fault = {
  id: 7,
  name: "Cluster of six: resharding and failover under load",
  async run(run) {
    const cluster = await ownCluster(run);
    const admins = cluster.nodes.map((node) => connect(run, node));
    const namespace = run.name();
    const tenants = Array.from({ length: CLIENTS }, () => clusterClient(run, cluster, namespace));
    const [tenant] = tenants;
    if (!tenant) throw new Error("no client");
    const count = run.size({ full: 200, quick: 10 });

    const moved = Array.from({ length: count }, (_, index) => `moved-${index}`);
    const moveAll = async () => {
      for (const [index, product] of moved.entries()) {
        run.progress(`${index} of ${count} slots moved`);
        const key = keys.stock({ namespace, tenant: "shop" }, product);
        await moveSlot(admins.slice(0, 3), slotOf(key), HALF_MS);
      }
    };
    await fillStock(tenant, moved);
    const everyOne = Array.from({ length: WORKERS }, () => moved);
    const load = startLoad(run, tenants, everyOne, 0);
    await moveAll();
    const resharded = await counted(await load.stop(), tenant, moved);
    const met = await answeredWith(admins, redirections);
    const plain = await startWithoutRedirects(run, cluster, moved);
    await moveAll();
    const unfollowed = await plain.stop();
    await cluster.healthy();
    const full = await moveFullSlot(run, admins.slice(0, 3), tenants, namespace);
    await cluster.healthy();

    // Each worker has its own product. A worker whose primary is dead waits for it, and the others
    // continue.
    const kept = Array.from({ length: WORKERS }, (_, index) => `kept-${index}`);
    await fillStock(tenant, kept);
    const second = startLoad(
      run,
      tenants,
      kept.map((product) => [product]),
      1,
    );
    const rounds = run.size({ full: 5, quick: 1 });
    const recoveredMs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      run.progress(`${round} of ${rounds} failovers`);
      recoveredMs.push(await failOver(run, { cluster, namespace, products: kept, victim: round % 3 }));
    }
    const failedOver = await counted(await second.stop(), tenant, kept);

    const both = [resharded, failedOver];
    const leaked = [...both, full].flatMap((part) => part.leaked);
    const failed = [...both, full].flatMap((part) => part.failed);
    const off = both.reduce((sum, { lost, double }) => sum + lost + double, 0);
    const seen = redirections.map((code) => `${leaked.filter((one) => one === code).length} ${code}`);
    const answers = redirections.map((code, index) => `${formatNumber(met[index] ?? 0)} ${code}`).join(", ");
    return {
      size: `${formatNumber(resharded.calls)} calls while ${count} slots with keys in use moved (the servers answered ${answers}). ${formatNumber(full.calls)} calls of adjust, reserve and claim while a slot of ${formatNumber(full.keys)} keys moved twice. ${formatNumber(failedOver.calls)} calls with minReplicas 1 over ${rounds} kill -9 and ${rounds} CLUSTER FAILOVER`,
      figure: `callers saw ${seen.join(", ")}. ${both.map(({ lost, double }) => `${lost} lost, ${double} double`).join(" during moves. ")} during failovers. ${full.off.length === 0 ? "nothing lost and nothing double" : full.off.join(", ")} in the slot of ${formatNumber(full.keys)} keys, which moved in ${full.movedMs.map(formatNumber).join(" and ")} ms. Writes accepted ${recoveredMs.map(formatNumber).join(", ")} ms after the kill`,
      control: `EVALSHA without redirects, during moves: ${unfollowed.text}`,
      ok:
        leaked.length + failed.length + full.off.length + off === 0 &&
        unfollowed.count > 0 &&
        (met[3] ?? 0) > 0,
      ...(failed.length > 0 ? { note: `${failed.length} failed, such as ${failed[0]}` } : {}),
    };
  },
};

/** Compares the counts of the load with the state of the servers. */
async function counted(load: Load, tenant: Tenant, products: readonly string[]) {
  const [sold, viewed] = [await soldOf(tenant, products), await viewsOf(tenant, products)];
  const differences = [sold - load.sold, viewed - load.viewed];
  const lost = differences.reduce((sum, difference) => sum + Math.max(0, -difference), 0);
  const double = differences.reduce((sum, difference) => sum + Math.max(0, difference), 0);
  return { ...load, lost, double };
}

interface Round {
  readonly cluster: RedisCluster;
  readonly namespace: string;
  readonly products: readonly string[];
  readonly victim: number;
}

/**
 * Kills a primary, and makes it the primary again after its restart. Returns the milliseconds until
 * its slots accepted a write.
 */
async function failOver(run: FaultRun, { cluster, namespace, products, victim }: Round): Promise<number> {
  const node = cluster.nodes[victim];
  if (!node) throw new Error("no such node");
  const admin = connect(run, node);
  const scope = { namespace, tenant: "shop" };
  const probe = clusterClient(run, cluster, namespace);
  const product = await first(products, (one) => ownsSlot(admin, slotOf(keys.stock(scope, one))));
  if (product === undefined) throw new Error("the victim owns no product");
  await probe.stock.read({ product, low: 0 });
  await node.kill();
  const killedAt = performance.now();
  await probe.price.set({ product, currency: "JPY", amountMinor: 1, sequence: 1 });
  const recoveredMs = Math.round(performance.now() - killedAt);
  await node.restart();
  await waitForRole(admin, "slave");
  await takeOver(admin);
  await cluster.healthy();
  const replica = cluster.nodes[victim + 3];
  if (replica) await waitForRole(connect(run, replica), "slave");
  return recoveredMs;
}

async function first<Thing>(
  things: readonly Thing[],
  test: (thing: Thing) => Promise<boolean>,
): Promise<Thing | undefined> {
  for (const thing of things) if (await test(thing)) return thing;
  return undefined;
}
