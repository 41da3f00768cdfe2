import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import type { FaultRun } from "../../fault-run.js";
import { ownServer } from "../connections.js";

const ENTRIES = 20;
const WAIT_MS = 1_000;

/** What a cache of GET, SET and DEL does without Redis. */
export interface PlainOutage {
  readonly entries: number;
  /** Calls without an answer after a second, while the server was suspended. */
  readonly unanswered: number;
  /** Old values after the return of a server that was killed, although their DEL had been asked for. */
  readonly old: number;
}

/** The control: ioredis with its own settings, without a limit for a call. */
export async function plainOutage(run: FaultRun): Promise<PlainOutage> {
  const server = await ownServer(run, { appendonly: "yes", appendfsync: "always" });
  const redis = new Redis(server.port, server.host, { password: server.password });
  redis.on("error", () => {}); // The server goes away.
  run.onClose(redis, () => redis.disconnect());
  const names = Array.from({ length: ENTRIES }, (_, number) => `row-${number}`);
  for (const name of names) await redis.set(name, "old", "PX", 600_000);

  await server.kill("SIGSTOP");
  let unanswered = ENTRIES;
  const read = async (name: string) => {
    await redis.get(name);
    unanswered--;
  };
  const reading = Promise.allSettled(names.map(read));
  await pause(WAIT_MS);
  const without = unanswered;
  await server.kill("SIGCONT");
  await reading;

  await server.kill();
  for (const name of names) redis.del(name).catch(() => {});
  await pause(WAIT_MS);
  // The process ends before the server returns.
  redis.disconnect();
  await server.restart();
  const later = new Redis(server.port, server.host, { password: server.password });
  run.onClose(later, () => later.disconnect());
  const values = await later.mget(names);
  return { entries: ENTRIES, unanswered: without, old: values.filter((value) => value === "old").length };
}
