import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { createScriptClient } from "../../src/client/index.js";
import { createMoonpath } from "../../src/index.js";
import { prometheusObserver } from "../../src/metrics/prometheus.js";
import { type LabelsOf, metricLabels, metrics } from "../../src/metrics/table.js";
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
    const registered = (await register.getMetricsAsJSON()).map(
      ({ name, type, help }) => `${name} ${String(type)} ${help}`,
    );
    const rows = Object.entries(metrics).filter(([, row]) => !("registeredBy" in row));
    expect(registered.sort()).toEqual(
      rows.map(([name, { type, help }]) => `shop_${name} ${type} ${help}`).sort(),
    );
    expect(() => prometheusObserver({ register, prefix: "other_" })).not.toThrow();
  });
});

describe("the table of metrics", () => {
  test.each(Object.entries(metrics))("has a name for %s that Prometheus advises", (name, row) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
    expect(name.endsWith("_total")).toBe(row.type === "counter");
    expect(row.help).toMatch(/^[A-Z].*\.$/);
    expect("buckets" in row).toBe(row.type === "histogram");
    // Others have chosen this one, without its unit.
    if (name === "cache_response_time") return;
    const isMeasured = ["seconds", "bytes"].includes(row.unit);
    expect(/_(seconds|bytes)(_total)?$/.test(name)).toBe(isMeasured);
  });

  test("bounds each label, by its values or by what limits them", () => {
    for (const [name, label] of Object.entries(metricLabels)) {
      expect("values" in label !== "boundedBy" in label, name).toBe(true);
    }
    const used = new Set(Object.values(metrics).flatMap((row): readonly string[] => row.labels));
    expect([...used].sort()).toEqual(Object.keys(metricLabels).sort());
  });

  test("has all labels and label values that a client exports", async () => {
    const register = new Registry();
    const observers = [prometheusObserver({ register })];
    const moonpath = createMoonpath(sharedRedis(), { namespace: freshNamespace(), observers });
    const { limit, stock } = moonpath.tenant("acme");
    for (let call = 0; call < 2; call++)
      await limit.take({ name: "a", limits: { quota: 1, periodMs: 3_600_000 } }, { timeoutMs: 5_000 });
    await errorOf(stock.read({ product: "", low: 1 }));
    for (const metric of await register.getMetricsAsJSON()) {
      const row = Object.entries(metrics).find(([name]) => metric.name === `moonpath_${name}`)?.[1];
      expect(row, metric.name).toBeDefined();
      for (const { labels } of metric.values) {
        const { le: _, ...own } = labels;
        expect(Object.keys(own).sort()).toEqual([...(row?.labels ?? [])].sort());
        for (const [name, value] of Object.entries(own)) {
          const label = Object.entries(metricLabels).find(([known]) => known === name)?.[1];
          if (label && "values" in label) expect(label.values).toContain(value);
        }
      }
    }
    const text = await register.metrics();
    expect(text).toContain('outcome="refused",degraded="false"');
    expect(text).toContain('code="ARGUMENT"');
  });

  test("types the values of labels", () => {
    const answer: LabelsOf<"limit_takes_total"> = { outcome: "allowed", degraded: "true" };
    // @ts-expect-error "perhaps" is no value of the label `outcome`
    const wrong: LabelsOf<"limit_takes_total"> = { ...answer, outcome: "perhaps" };
    // @ts-expect-error a metric takes only the labels of its row
    const more: LabelsOf<"limit_takes_total"> = { ...answer, tenant: "acme" };
    expect([wrong.outcome, more.degraded]).toEqual(["perhaps", "true"]);
  });
});
