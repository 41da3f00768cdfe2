import { Redis, type RedisOptions } from "ioredis";
import type { RedisLike } from "../../../src/client/index.js";
import { createMoonpath, type Moonpath, type Tenant } from "../../../src/index.js";
import { type RedisServer, startRedis } from "../../../src/testing/index.js";
import type { FaultRun } from "../fault-run.js";
import { clientName, openConnection } from "./client-under-test.js";

/** The address of a server, or of a proxy in front of it. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly password?: string | undefined;
}

/** Starts a server with the program under test. */
export async function ownServer(
  run: FaultRun,
  config: Readonly<Record<string, string>> = {},
): Promise<RedisServer> {
  const binary = run.binary === undefined ? {} : { binary: run.binary };
  return run.onClose(await startRedis({ own: true, config, ...binary }), (server) => server.stop());
}

/** Opens a connection. It reconnects at once, because these runs break it. */
export function connect(
  run: FaultRun,
  { host, port, password }: ServerAddress,
  options: Omit<RedisOptions, "replyMapping"> = {},
): Redis {
  const user = password ? { password } : {};
  const redis = new Redis({
    host,
    port,
    ...user,
    retryStrategy: () => 5,
    maxRetriesPerRequest: null,
    ...options,
  });
  redis.on("error", () => {}); // Cut connections are what these runs are about.
  return run.onClose(redis, () => redis.disconnect());
}

/** The connection for the calls of the client: this one, or one of the library of `--client`. */
function callsOver(run: FaultRun, redis: Redis, place: ServerAddress): RedisLike {
  if (clientName() === "ioredis") return redis;
  return run.onClose(openConnection(place, 5), (opened) => opened.disconnect());
}

/** A long deadline, because a busy machine may be slow. Runs about deadlines set their own. */
const PATIENT_MS = 20_000;

/** A client with its own connection, in one namespace. */
export function client(
  run: FaultRun,
  place: ServerAddress,
  namespace: string,
): { redis: Redis; moonpath: Moonpath; tenant: Tenant } {
  const redis = connect(run, place);
  const moonpath = createMoonpath(callsOver(run, redis, place), {
    namespace,
    retries: 1_000,
    deadlineMs: PATIENT_MS,
  });
  run.onClose(moonpath, () => moonpath.close());
  return { redis, moonpath, tenant: moonpath.tenant("shop") };
}
