import { setTimeout as pause } from "node:timers/promises";
import { slotOf } from "../../../../src/client/connection/slot.js";
import { keys } from "../../../../src/index.js";
import { startProxy } from "../../../../src/testing/index.js";
import type { FaultRun } from "../../fault-run.js";
import { startKiller } from "../client-killer.js";
import { connectCluster, moveSlot, ownCluster, takeOver, waitForRole } from "../clusters.js";
import { connect, ownServer } from "../connections.js";
import { Demotions } from "../demotions.js";
import { ownPair } from "../pairs.js";
import { watchedPair } from "../sentinels.js";
import { type HistoryClient, historyClients, type RecordedScripts } from "./clients.js";
import type { Recording } from "./load.js";

/** Clients on servers, and a fault that these servers suffer. */
export interface Scenario {
  readonly clients: readonly HistoryClient[];
  /** Makes the fault happen again and again until `isOver`. Afterwards the servers work. */
  suffer(isOver: () => boolean, recording: Recording): Promise<void>;
}

/** A fault of the table under which histories are recorded. */
export interface HistoryFault {
  /** The fault's number in the table. */
  readonly id: number;
  start(run: FaultRun, clients: number): Promise<Scenario>;
}

/** Only acknowledged calls survive a failover, so the only replica must have each of them. */
const ACKNOWLEDGED = { minReplicas: 1, replicaWaitMs: 300 };
const FLUSH_EVERY_MS = 5;
/** Longer than most leases. */
const PAUSE_MS = 250;
const SLOT_HALF_MS = 20;
/** How long the link to the replica has failed when the primary dies. */
const CUT_OFF_MS = 100;
/** How long the clients go on after a failover. */
const AFTERWARDS_MS = 500;

export const historyFaults: readonly HistoryFault[] = [
  { id: 6, start: sentinelFailover },
  { id: 7, start: clusterMoved },
  { id: 8, start: scriptsFlushed },
  { id: 9, start: (run, count) => clientsKilled(run, count) },
  { id: 12, start: primaryDemoted },
  { id: 17, start: serverPaused },
];

async function sentinelFailover(run: FaultRun, count: number): Promise<Scenario> {
  const pair = await watchedPair(run);
  await pair.relink();
  const clients = await historyClients(run, count, () => pair.connect(), { options: ACKNOWLEDGED });
  const suffer = async (isOver: () => boolean) => {
    do {
      await pause(500);
      pair.cutOff();
      await pause(CUT_OFF_MS);
      await pair.failOver();
      await pair.restartReplica();
      await pair.relink();
      await pause(AFTERWARDS_MS);
      if (!isOver()) await pair.promotable();
    } while (!isOver());
  };
  return { clients, suffer };
}

async function clusterMoved(run: FaultRun, count: number): Promise<Scenario> {
  const cluster = await ownCluster(run);
  const admins = cluster.nodes.map((node) => connect(run, node));
  const clients = await historyClients(run, count, () => connectCluster(run, cluster), {
    options: ACKNOWLEDGED,
  });
  const suffer = async (isOver: () => boolean, recording: Recording) => {
    let round = 0;
    do {
      for (const key of keysOf(clients, recording)) {
        await moveSlot(admins.slice(0, 3), slotOf(key), SLOT_HALF_MS);
      }
      const [victim, replica] = [cluster.nodes[round % 3], admins[(round % 3) + 3]];
      const admin = admins[round % 3];
      round++;
      if (!victim || !replica || !admin) throw new Error("no such node");
      await cluster.healthy();
      await victim.kill();
      await waitForRole(replica, "master");
      await victim.restart();
      await waitForRole(admin, "slave");
      await takeOver(admin);
      await cluster.healthy();
      await waitForRole(replica, "slave");
    } while (!isOver());
  };
  return { clients, suffer };
}

/** The keys of one lock and of one product that clients use now. */
function keysOf([first]: readonly HistoryClient[], recording: Recording): readonly string[] {
  if (first === undefined) return [];
  const { scope } = first;
  const [lock] = recording.names("lock").map((name) => keys.lock(scope, name));
  const [stock] = recording.names("stock").map((name) => keys.stock(scope, name));
  // The other scripts are the same in this respect, and a move takes a while.
  return [lock, stock].filter((key) => key !== undefined);
}

async function scriptsFlushed(run: FaultRun, count: number): Promise<Scenario> {
  const server = await ownServer(run);
  const admin = connect(run, server);
  const clients = await historyClients(run, count, () => connect(run, server));
  const suffer = async (isOver: () => boolean) => {
    while (!isOver()) {
      await admin.script("FLUSH");
      await pause(FLUSH_EVERY_MS);
    }
  };
  return { clients, suffer };
}

/** The controls record under this fault too, with a fault planted in a script. */
export async function clientsKilled(
  run: FaultRun,
  count: number,
  planted?: RecordedScripts,
): Promise<Scenario> {
  const server = await ownServer(run);
  const admin = connect(run, server);
  const clients = await historyClients(run, count, () => connect(run, server), planted ? { planted } : {});
  const suffer = async (isOver: () => boolean) => {
    const killer = startKiller(run, admin);
    while (!isOver()) await pause(20);
    killer.stop();
  };
  return { clients, suffer };
}

async function primaryDemoted(run: FaultRun, count: number): Promise<Scenario> {
  const { primary, replica } = await ownPair(run);
  const target = { host: primary.host, port: primary.port, password: primary.password };
  const door = run.onClose(await startProxy(target), (proxy) => proxy.stop());
  const reconnectOnError = ({ message }: Error) => message.includes("READONLY");
  const clients = await historyClients(run, count, () => connect(run, door, { reconnectOnError }));
  const demotions = new Demotions(run, { primary, replica, target });
  const suffer = async (isOver: () => boolean) => {
    do {
      await pause(100);
      await demotions.next();
    } while (!isOver());
  };
  return { clients, suffer };
}

async function serverPaused(run: FaultRun, count: number): Promise<Scenario> {
  const server = await ownServer(run);
  const admin = connect(run, server);
  const clients = await historyClients(run, count, () => connect(run, server));
  const suffer = async (isOver: () => boolean) => {
    do {
      await admin.client("PAUSE", PAUSE_MS, "ALL");
      await pause(2 * PAUSE_MS);
    } while (!isOver());
  };
  return { clients, suffer };
}
