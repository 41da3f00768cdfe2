import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { z } from "zod";
import { prometheusObserver } from "../../src/metrics/prometheus.js";
import { createSync } from "../../src/sync/index.js";
import { thrownBy, unhandledRejections } from "../support/cache/kit.js";
import { serviceOf, startService } from "../support/sync/service.js";

const quick = { retryDelayMs: { firstMs: 1, maxMs: 2 } } as const;
const schema = z.object({ lamp: z.number() });

test("prometheusObserver counts calls to other services by type, and exports no URL", async () => {
  const register = new Registry();
  const observers = [prometheusObserver({ register })];
  const sync = createSync({ ...quick, types: ["prices", "orders"], observers });
  const service = await serviceOf({ status: 500 });
  await sync.json(`${service.url}/secret?secret`, { schema });
  const refusing = await startService(() => ({ status: 404 }));
  await thrownBy(() => sync.send(refusing.url, { type: "orders", body: "secret" }));
  const dead = await startService(() => "reset");
  for (let call = 0; call < 4; call++) await thrownBy(() => sync.json(dead.url, { type: "orders", schema }));
  const lines = (await register.metrics()).split("\n");
  for (const line of [
    'moonpath_sync_operations_total{sync_type="prices",sync_status="ok"} 1',
    'moonpath_sync_operations_total{sync_type="orders",sync_status="refused"} 1',
    'moonpath_sync_operations_total{sync_type="orders",sync_status="circuit_open"} 1',
    'moonpath_sync_retries_total{sync_type="prices"} 1',
    'moonpath_sync_operation_duration_seconds_count{sync_type="prices"} 1',
    'moonpath_sync_operation_duration_seconds_count{sync_type="orders"} 5',
    'moonpath_sync_breakers{breaker_state="closed"} 2',
    'moonpath_sync_breakers{breaker_state="open"} 1',
  ])
    expect(lines).toContain(line);
  expect(lines.join("\n")).not.toMatch(/secret|127/);
});

test("an observer that throws or rejects affects no call", async () => {
  const rejections = unhandledRejections();
  const sync = createSync({
    observers: [
      {
        onSync: () => {
          throw new Error("an observer's own trouble");
        },
      },
      { onSync: async () => Promise.reject(new Error("an observer's own trouble")) },
    ],
  });
  const { url } = await serviceOf();
  expect(await sync.json(url, { schema })).toEqual({ lamp: 5 });
  expect(rejections).toEqual([]);
});
