import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { waitUntil } from "../../../src/testing/wait.js";
import type { FaultRun } from "../fault-run.js";
import { connect, type ServerAddress } from "./connections.js";

/** No server listens there. A replica without a primary keeps its data. */
const NOBODY = { host: "127.0.0.1", port: 1 };
/** How long the servers may take to agree on a state. */
const AGREE_MS = 20_000;
const DEMOTED_MS = 60;

/** Two servers, and the address to which a proxy connects. */
interface Pair {
  readonly primary: ServerAddress;
  readonly replica: ServerAddress;
  readonly target: { port: number };
}

/** Demotes the primary: for a moment, and then in favour of the other server, in turn. */
export class Demotions {
  readonly #target: { port: number };
  #upper: Redis;
  #lower: Redis;
  #count = 0;

  constructor(run: FaultRun, { primary, replica, target }: Pair) {
    this.#target = target;
    this.#upper = connect(run, primary);
    this.#lower = connect(run, replica);
  }

  async next(): Promise<void> {
    if (this.#count++ % 2 === 0) {
      await this.#upper.replicaof(NOBODY.host, NOBODY.port);
      await pause(DEMOTED_MS);
      await this.#upper.replicaof("NO", "ONE");
    } else {
      await handOver(this.#upper, this.#lower);
      [this.#upper, this.#lower] = [this.#lower, this.#upper];
      await pause(DEMOTED_MS);
      // New connections reach the new primary. Existing connections stay with the old one.
      this.#target.port = Number(this.#upper.options.port);
    }
    await waitUntil(() => follows(this.#lower), AGREE_MS, "the replica to follow");
  }
}

/** The new primary has everything that the old one acknowledged. */
async function handOver(upper: Redis, lower: Redis): Promise<void> {
  const to = [String(lower.options.host), String(lower.options.port)];
  // FAILOVER is refused until the primary has also noticed its replica.
  await waitUntil(
    async () => (await upper.call("FAILOVER", "TO", ...to)) === "OK",
    AGREE_MS,
    "the hand-over to begin",
  );
  const swapped = async () =>
    (await upper.info("replication")).includes("role:slave") &&
    (await lower.info("replication")).includes("role:master");
  await waitUntil(swapped, AGREE_MS, "the hand-over to end");
}

async function follows(replica: Redis): Promise<boolean> {
  return (await replica.info("replication")).includes("master_link_status:up");
}
