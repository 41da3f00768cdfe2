import { Redis } from "ioredis";
import { createMoonpath } from "../../src/index.js";
import { startRedis } from "../../src/testing/index.js";
import { createExpiryWorker } from "../../src/expiry/index.js";
const server = await startRedis({ own: true });
const redis = new Redis(server.url);
const moonpath = createMoonpath(redis, { namespace: "bench", deadlineMs: 10_000 });
await moonpath.ready();
const N = 10_000; let corks = 0; { const st: any = (redis as any).stream; const c = st.cork.bind(st); st.cork = () => { corks++; c(); }; }
for (let round = 0; round < 3; round++) {
  const queue = `q${round}`;
  let done = 0;
  const worker = createExpiryWorker(moonpath, { queue, concurrency: Number(process.env["CONC"] ?? 32), handle: async () => { done++; } });
  worker.start();
  while (worker.status().slots < 16384) await new Promise((r) => setTimeout(r, 10));
  await new Promise((r) => setTimeout(r, 1000));
  const [s = 0, us = 0] = (await redis.time()).map(Number);
  const off = s * 1000 + us / 1000 - performance.now();
  const dueMs = Math.ceil(performance.now() + off) + 5000;
  const t0 = performance.now();
  for (let i = 0; i < N; i += 500) await Promise.all(Array.from({ length: 500 }, (_, k) => moonpath.tenant(`t${i + k}`).expiry.track({ queue, item: "a", dueMs })));
  console.log("tracked", performance.now() - t0);
  await redis.config("RESETSTAT");
  while (performance.now() + off < dueMs) await new Promise((r) => setTimeout(r, 1));
  const cpu = process.cpuUsage();
  while (done < N) await new Promise((r) => setTimeout(r, 1));
  const u = process.cpuUsage(cpu);
  console.log("corks", corks); corks = 0; console.log(round, "ms", performance.now() + off - dueMs, "cpu", u.user / 1000, u.system / 1000);
  console.log((await redis.info("commandstats")).split("\r\n").filter((l) => /evalsha|zrange|time/.test(l)).map((l) => l.slice(0, 70)).join("\n"));
  await worker.stop();
}
moonpath.close(); redis.disconnect(); await server.stop();
