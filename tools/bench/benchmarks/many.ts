import type { Tenant } from "../../src/index.js";
import { type Ground, type Measure, median, timed } from "./benchmark.js";

/** As many as one run of the form allows. */
const CALLS = 100;
const ROUNDS = 101;
/** Enough rounds before the first one that V8 has compiled also what runs once for each batch. */
const WARM_UP = 400;
const DAY_MS = 86_400_000;

/** A way to make the calls of one round. */
type Way = (acme: Tenant) => Promise<unknown>;

/** Measures many calls at once beside single calls, one after the other and all at once. */
export async function many({ acme, progress }: Ground): Promise<readonly Measure[]> {
  progress("setting levels");
  const level = { warehouse: "berlin", quantity: 1_000_000, sequence: 1, low: 5 };
  await acme.stock.setLevel.many(products.map((product) => ({ product, ...level })));
  const reads = await rates(acme, progress, "stock.read", {
    many: (acme) => acme.stock.read.many(products.map(read)).then(expectAll),
    single: async (acme) => {
      for (const product of products) await acme.stock.read(read(product));
    },
    parallel: (acme) => Promise.all(products.map((product) => acme.stock.read(read(product)))),
  });
  const sales = await rates(acme, progress, "stock.adjust", {
    many: (acme) => acme.stock.adjust.many(products.map(sale)).then(expectAll),
    single: async (acme) => {
      for (const product of products) await acme.stock.adjust(sale(product));
    },
    parallel: (acme) => Promise.all(products.map((product) => acme.stock.adjust(sale(product)))),
  });
  return [...rows("stock.read", reads, 10), ...rows("stock.adjust", sales)];
}

const products = Array.from({ length: CALLS }, (_, index) => `product-${index}`);
const read = (product: string) => ({ product, low: 5 });
const sale = (product: string) => ({ product, change: -1, backorder: false, low: 5, rememberMs: DAY_MS });

function expectAll(results: readonly { readonly ok: boolean }[]): void {
  if (results.length !== CALLS || !results.every(({ ok }) => ok)) throw new Error("a call has failed");
}

/** Calls a second, by way. */
interface Rates {
  readonly many: number;
  readonly single: number;
  readonly parallel: number;
}

/** Rounds of all ways alternate, so that they see the same state of the machine. */
async function rates(
  acme: Tenant,
  progress: Ground["progress"],
  script: string,
  ways: Readonly<Record<keyof Rates, Way>>,
): Promise<Rates> {
  const took: Record<keyof Rates, number[]> = { many: [], single: [], parallel: [] };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    progress(`${script}: round ${round + 1} of ${ROUNDS}`);
    for (const way of ["many", "single", "parallel"] as const) {
      const tookMs = await timed(() => ways[way](acme));
      if (round >= 0) took[way].push(tookMs);
    }
  }
  const rate = (way: keyof Rates) => (CALLS / median(took[way])) * 1_000;
  return { many: rate("many"), single: rate("single"), parallel: rate("parallel") };
}

function rows(script: string, { many, single, parallel }: Rates, min?: number): readonly Measure[] {
  const ratio = many / single;
  return [
    { what: `${script}, single calls, one after the other`, figure: perSecond(single), ok: true },
    { what: `${script}, ${CALLS} single calls at once`, figure: perSecond(parallel), ok: true },
    { what: `${script}.many of ${CALLS}`, figure: perSecond(many), ok: true },
    {
      what: `ratio of ${script}.many to single calls, one after the other`,
      figure: `${ratio.toFixed(1)} times`,
      ...(min === undefined ? {} : { promise: `at least ${min} times` }),
      ok: min === undefined || ratio >= min,
    },
  ];
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString("en-GB")} products a second`;
}
