// Started by endings.test.ts: starts servers, tells about them in one line of JSON, and ends as it
// is told to.

import { startPostgres, startRedis } from "../../../src/testing/index.js";
import { watchdogPid } from "../../../src/testing/process/watchdog.js";

const redis = await startRedis({ own: true });
const postgres = process.argv.includes("--postgres") ? await startPostgres({ own: true }) : undefined;
const pids = [redis.pid, postgres?.pid, watchdogPid()].filter((pid) => pid !== undefined);
process.stdout.write(`${JSON.stringify({ port: redis.port, pids })}\n`);
if (process.argv.includes("throw")) throw new Error("a crash");
if (process.argv.includes("exit")) process.exit(0);
if (process.argv.includes("wait")) setInterval(() => undefined, 60_000);
