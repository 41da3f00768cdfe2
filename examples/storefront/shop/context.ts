import { type CartWorker, createCartWorker } from "moonpath/cart";
import { createReservationSweeper, type ReservationSweeper } from "moonpath/expiry";
import { createScheduler, type Scheduler } from "moonpath/scheduler";
import { CouponBook } from "../books/coupons.js";
import { OrderBook } from "../books/orders.js";
import { Recorder } from "../books/record.js";
import { ViewLedger } from "../books/views.js";
import { reasonsOf } from "../reasons.js";
import { type CatalogueParts, openCatalogue } from "./cache/open.js";
import { jobsOf } from "./jobs.js";
import { Offers } from "./offers.js";
import { PageViews } from "./page-views.js";
import { REMEMBER_MS, type ShopResources } from "./terms.js";

/** The objects that routes and jobs use. */
export interface ShopContext extends ShopResources, CatalogueParts {
  readonly recorder: Recorder;
  readonly orders: OrderBook;
  readonly coupons: CouponBook;
  readonly views: PageViews;
  readonly offers: Offers;
  readonly sweeper: ReservationSweeper;
  readonly cartWorker: CartWorker;
  readonly scheduler: Scheduler;
  /** Aborted when the background work is stopped. */
  readonly ending: AbortController;
}

/** How long the background work may take to end. */
const GRACE_MS = 2_000;

export function createContext(resources: ShopResources): ShopContext {
  const { moonpath, acme, pool, schema, warn = () => undefined } = resources;
  const ending = new AbortController();
  const reportRetry = (what: string, error: unknown) => {
    // An error after the shop began to close is expected, because closing interrupts its work.
    if (!ending.signal.aborted) warn(`${what} will retry: ${reasonsOf(error)}`);
  };
  const catalogueParts = openCatalogue(resources, reportRetry);
  const views = new PageViews(acme, new ViewLedger(pool, schema), reportRetry);
  const offers = new Offers(resources, reportRetry, (product) =>
    catalogueParts.catalogue.offerChanged(product),
  );
  const orders = new OrderBook(pool, schema);
  const coupons = new CouponBook(pool, schema);
  const sweeper = createReservationSweeper(moonpath, {
    rememberMs: REMEMBER_MS,
    onError: (error) => reportRetry("the sweeper", error),
    onDeadLetter: ({ product }, reason) => warn(`the product ${product} cannot be swept: ${reason}`),
  });
  const cartWorker = createCartWorker(moonpath, {
    rememberMs: REMEMBER_MS,
    onError: (error) => reportRetry("the worker of carts", error),
    onDeadLetter: ({ product, reason }) =>
      warn(`the product ${product} of a sold cart is set aside: ${reason}`),
  });
  const scheduler = createScheduler({
    tenant: acme,
    jobs: jobsOf(resources, { views, offers, orders, coupons }),
    graceMs: GRACE_MS,
    onError: (error, job) => reportRetry(job === undefined ? "the scheduler" : `the job ${job}`, error),
  });
  const recorder = new Recorder(pool, schema);
  const work = { sweeper, cartWorker, scheduler, ending };
  return { ...resources, ...catalogueParts, recorder, orders, coupons, views, offers, ...work };
}

/** Starts the background work. */
export function startBackground({
  offers,
  sweeper,
  cartWorker,
  scheduler,
  statusChanges,
  warn,
}: ShopContext): void {
  offers.worker.start();
  sweeper.start();
  cartWorker.start();
  scheduler.start();
  statusChanges.start().catch((error: unknown) => warn?.(`the changes of status: ${reasonsOf(error)}`));
}

/** Stops the background work, also if it was never started. */
export async function stopBackground({
  caches,
  views,
  offers,
  sweeper,
  cartWorker,
  scheduler,
  statusChanges,
  searches,
  versions,
  ending,
}: ShopContext): Promise<void> {
  ending.abort();
  const graceMs = GRACE_MS;
  const workers = [sweeper, cartWorker, offers.worker];
  await Promise.all([
    scheduler.stop(),
    statusChanges.stop(),
    searches.stop(),
    ...workers.map((worker) => worker.stop({ graceMs })),
  ]);
  await Promise.all([views.stop(graceMs), caches.close(graceMs)]);
  versions.close();
}
