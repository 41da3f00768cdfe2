import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { createScriptClient } from "../../src/client/index.js";
import { metrics, prometheusObserver } from "../../src/metrics/prometheus.js";
import { errorOf, scripts } from "../support/client/fixtures.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

async function lines(register: Registry): Promise<string[]> {
  return (await register.metrics()).split("\n");
}

describe("prometheusObserver", () => {
  test("counts calls and errors by code and measures durations, each by script and version", async () => {
    const register = new Registry();
    const client = createScriptClient(sharedRedis(), scripts, {
      namespace: freshNamespace(),
      observers: [prometheusObserver({ register })],
    });
    const { tally } = client.tenant("acme");
    await tally.add({ tally: "a", change: 1 });
    await tally.add({ tally: "b", change: 1 });
    await tally.read({ tally: "a" });
    await errorOf(tally.add({ tally: "a", change: -1 }));
    await errorOf(tally.raise({ tally: "a", message: "CORRUPT total" }));
    const text = await lines(register);
    expect(text).toContain('moonpath_script_calls_total{script="tally.add",version="1.2.0"} 3');
    expect(text).toContain('moonpath_script_calls_total{script="tally.read",version="1.2.0"} 1');
    expect(text).toContain(
      'moonpath_script_errors_total{script="tally.add",version="1.2.0",code="ARGUMENT"} 1',
    );
    expect(text).toContain(
      'moonpath_script_errors_total{script="tally.raise",version="1.2.0",code="CORRUPT"} 1',
    );
    expect(text).toContain('moonpath_script_duration_seconds_count{script="tally.add",version="1.2.0"} 3');
    expect(text.join("\n")).not.toMatch(/acme|test-/);
  });

  test("counts retries and reloads", async () => {
    const register = new Registry();
    const observer = prometheusObserver({ register });
    observer.onRetry({ script: "a.b", version: "1.0.0", attempt: 2, delayMs: 5 });
    observer.onReload({ script: "a.b", version: "1.0.0" });
    const text = await lines(register);
    expect(text).toContain('moonpath_script_retries_total{script="a.b",version="1.0.0"} 1');
    expect(text).toContain('moonpath_script_reloads_total{script="a.b",version="1.0.0"} 1');
  });

  test("counts the answers of limit.take by outcome", async () => {
    const register = new Registry();
    const observer = prometheusObserver({ register });
    observer.onTake({ outcome: "allowed", degraded: false });
    observer.onTake({ outcome: "refused", degraded: true });
    const text = await lines(register);
    expect(text).toContain('moonpath_limit_takes_total{outcome="allowed",degraded="false"} 1');
    expect(text).toContain('moonpath_limit_takes_total{outcome="refused",degraded="true"} 1');
  });

  test("registers exactly the metrics of its table, under the prefix", async () => {
    const register = new Registry();
    prometheusObserver({ register, prefix: "shop_" });
    const registered = await register.getMetricsAsJSON();
    expect(registered.map(({ name, type, help }) => ({ name, type: String(type), help }))).toEqual(
      Object.entries(metrics).map(([name, { type, help }]) => ({ name: `shop_${name}`, type, help })),
    );
    expect(() => prometheusObserver({ register, prefix: "other_" })).not.toThrow();
  });
});
