import { createMoonpath, type RedisLike } from "../../../src/index.js";

/** The code that the language server is asked about: what a service writes. */
export async function sample(redis: RedisLike) {
  const moonpath = createMoonpath(redis, { namespace: "shop" });
  await moonpath.ready();
  const acme = moonpath.tenant("acme");
  const stock = acme.scripts.stock;
  const sale = await acme.stock.adjust({
    product: "lamp",
    change: -1,
    backorder: false,
    low: 5,
    rememberMs: 60_000,
  });
  const operations = [
    acme.scripts.expiry.claim,
    acme.idempotency.mark,
    acme.scripts.idempotency.begin,
    acme.job.start,
    acme.scripts.lock.acquire,
    acme.price.read,
    acme.stock.commit,
    acme.stock.read,
    acme.stock.reserve,
    acme.views.take,
    acme.expiry.track,
    acme.expiry.track.many,
  ];
  const results = await acme.stock.read.many([{ product: "lamp", low: 5 }]);
  if (results.some(({ ok }) => !ok)) return { known: false, results, stock, operations };
  if (sale.outcome !== "adjusted") return { known: false, why: sale.outcome, stock, operations };
  return { known: true, how: sale.outcome, available: sale.available, stock, operations };
}
