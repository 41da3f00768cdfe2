import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { prometheusObserver, writeBehindMetrics } from "../../src/metrics/prometheus.js";
import { metrics } from "../../src/metrics/table.js";
import { createWriteQueue } from "../../src/writebehind/index.js";
import { openMoonpath } from "../support/cache/kit.js";

test("writeBehindMetrics sums the depth over tenants, some of them at each reading", async () => {
  const moonpath = await openMoonpath();
  const queue = createWriteQueue(moonpath, { name: "products" });
  const tenants = ["a", "b", "c"];
  for (const tenant of tenants)
    await queue.tenant(tenant).enqueue({ key: "lamp", value: Buffer.from("1234") });
  const register = new Registry();
  writeBehindMetrics({ register, queues: [queue], tenants: () => tenants, maxTenants: 2, intervalMs: 0 });
  // One after the other, so that each of them is one reading.
  const exported = async (name: string, state?: string) => {
    const { values } = (await register.getSingleMetric(name)?.get()) ?? { values: [] };
    return values.find(({ labels }) => labels["write_state"] === state)?.value;
  };
  expect(await exported("moonpath_writebehind_writes", "queued")).toBe(2);
  expect(await exported("moonpath_writebehind_writes", "queued")).toBe(3);
  expect(await exported("moonpath_writebehind_writes", "in_flight")).toBe(0);
  expect(await exported("moonpath_writebehind_bytes")).toBeGreaterThanOrEqual(12);
  expect(await exported("moonpath_writebehind_oldest_seconds")).toBeGreaterThan(0);
  // A tenant that is gone counts no longer.
  tenants.pop();
  expect(await exported("moonpath_writebehind_writes", "queued")).toBe(2);
});

test("writeBehindMetrics reads at most once in its interval, and keeps the last depth after an error", async () => {
  const register = new Registry();
  const errors: Error[] = [];
  let calls = 0;
  const depth = async () => {
    if (++calls > 1) throw new Error("no Redis");
    return { queued: 1, inFlight: 0, dead: 0, bytes: 1, oldestMs: undefined };
  };
  const queues = [{ name: "q", tenant: () => ({ depth }) }];
  const read = async (intervalMs: number) => {
    const own = new Registry();
    writeBehindMetrics({
      register: own,
      queues,
      tenants: () => ["a"],
      intervalMs,
      onError: (error) => errors.push(error),
    });
    await own.metrics();
    return own.metrics();
  };
  expect(await read(600_000)).toContain('moonpath_writebehind_writes{queue="q",write_state="queued"} 1');
  expect(calls).toBe(1);
  calls = 0;
  expect(await read(0)).toContain('moonpath_writebehind_writes{queue="q",write_state="queued"} 1');
  expect(errors.length).toBeGreaterThan(0);
  writeBehindMetrics({
    register,
    queues,
    tenants: () => {
      throw new Error("no tenants");
    },
  });
  expect(await register.metrics()).toContain('write_state="queued"} 0');
});

test("writeBehindMetrics registers the rows of the table that name it, and refuses wrong options", async () => {
  const register = new Registry();
  prometheusObserver({ register });
  writeBehindMetrics({ register, queues: [], tenants: () => [] });
  const names = (await register.getMetricsAsJSON()).map(({ name }) => name.replace("moonpath_", ""));
  const own = Object.entries(metrics).filter(
    ([, row]) => !("registeredBy" in row) || row.registeredBy === "writeBehindMetrics",
  );
  expect(names.sort()).toEqual(own.map(([name]) => name).sort());
  const make = (options: object) => () =>
    writeBehindMetrics({ register: new Registry(), queues: [], tenants: () => [], ...options });
  expect(make({ tenant: "a" })).toThrow("tenant");
  expect(make({ queues: {} })).toThrow("queues");
  expect(make({ tenants: ["a"] })).toThrow("tenants");
  expect(make({ maxTenants: 0 })).toThrow("maxTenants");
  expect(make({ register: {} })).toThrow("Registry");
});
