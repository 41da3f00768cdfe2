import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS, HOUR_MS, maxOf, names } from "./items.js";

const { stock: s } = scripts;
const QUANTITY = 1_000_000;
const WAREHOUSES = 4;
const MAX_WAREHOUSES = 100;
const low = 5;
/** The leases of reservations that have to end before the measured calls. */
const SHORT_LEASE_MS = 500;
const LONG_LEASE_MS = 5_000;

/** A product with units in each of its warehouses. */
async function filled({ acme, once }: CaseGround, warehouses = WAREHOUSES, product = "lamp") {
  await once(`stock of ${product}`, () =>
    Promise.all(
      names("warehouse", warehouses).map((warehouse) =>
        acme.stock.setLevel({ product, warehouse, quantity: QUANTITY, sequence: 1, low }),
      ),
    ),
  );
  return product;
}

/** A product with a reservation for each call. */
async function reserved(ground: CaseGround, call: number, warehouses = WAREHOUSES) {
  const product = await filled(ground, warehouses);
  const reservation = `cart-${call}`;
  await ground.acme.stock.reserve({ product, reservation, units: 3, leaseMs: HOUR_MS, rememberMs: DAY_MS });
  return { product, reservation, rememberMs: DAY_MS };
}

async function adjustment(ground: CaseGround, call: number, warehouse?: string, warehouses = WAREHOUSES) {
  const product = await filled(ground, warehouses);
  return {
    product,
    operation: `order-${call}`,
    change: -3,
    warehouse,
    backorder: false,
    low,
    rememberMs: DAY_MS,
  };
}

export const stock = [
  path(s.read, "4 warehouses", async (ground) => ({ product: await filled(ground), low }), {
    outcome: "known",
  }),
  atLimit(s.read, "100 warehouses", async (ground) => ({
    product: await filled(ground, MAX_WAREHOUSES),
    low,
  })),
  path(s.adjust, "warehouse given", (ground, call) => adjustment(ground, call, "warehouse-1"), {
    outcome: "adjusted",
  }),
  path(s.adjust, "none given", (ground, call) => adjustment(ground, call), { outcome: "adjusted" }),
  path(s.adjust, "sent again", (ground, call) => adjustment(ground, call, "warehouse-1"), {
    outcome: "adjusted",
    sentBefore: true,
  }),
  atLimit(s.adjust, "none given, 100 warehouses", (ground, call) =>
    adjustment(ground, call, undefined, MAX_WAREHOUSES),
  ),
  path(
    s.setLevel,
    "a newer count",
    async (ground, call) => ({
      product: await filled(ground),
      warehouse: "warehouse-1",
      quantity: QUANTITY + call,
      sequence: 2 + call,
      low,
    }),
    { outcome: "applied" },
  ),
  atLimit(s.setLevel, "100 warehouses", async (ground, call) => ({
    product: await filled(ground, MAX_WAREHOUSES),
    warehouse: "warehouse-1",
    quantity: QUANTITY + call,
    sequence: 2 + call,
    low,
  })),
  path(
    s.reserve,
    "nothing due",
    async (ground, call) => ({
      product: await filled(ground),
      reservation: `cart-${call}`,
      units: 3,
      leaseMs: HOUR_MS,
      rememberMs: DAY_MS,
    }),
    { outcome: "reserved" },
  ),
  atLimit(
    s.reserve,
    "100 leases ended",
    async (ground, call) => ({
      product: await ended(ground, call, 100, LONG_LEASE_MS),
      reservation: "cart-new",
      units: 3,
      leaseMs: HOUR_MS,
      rememberMs: DAY_MS,
    }),
    { outcome: "reserved", waitMs: LONG_LEASE_MS },
  ),
  path(
    s.commit,
    "warehouse given",
    async (ground, call) => ({ ...(await reserved(ground, call)), warehouse: "warehouse-1" }),
    { outcome: "committed" },
  ),
  path(s.commit, "none given", reserved, { outcome: "committed" }),
  atLimit(s.commit, "none given, 100 warehouses", (ground, call) => reserved(ground, call, MAX_WAREHOUSES)),
  path(s.release, "held", reserved, { outcome: "released" }),
  atLimit(s.release, "held, 1,000 reservations", reserved, { outcome: "released" }),
  path(
    s.sweep,
    "10 leases ended",
    async (ground, call) => ({
      product: await ended(ground, call, 10, SHORT_LEASE_MS),
      limit: 10,
      rememberMs: DAY_MS,
    }),
    { outcome: "swept", calls: 20, waitMs: SHORT_LEASE_MS },
  ),
  atLimit(
    s.sweep,
    "as many leases ended as the limit allows",
    async (ground, call) => ({
      product: await ended(ground, call, maxOf("stock.sweep", "limit"), LONG_LEASE_MS),
      limit: maxOf("stock.sweep", "limit"),
      rememberMs: DAY_MS,
    }),
    { outcome: "swept", waitMs: LONG_LEASE_MS },
  ),
];

/** A product of this call alone, with reservations whose leases end soon. */
async function ended(ground: CaseGround, call: number, count: number, leaseMs: number): Promise<string> {
  const product = await filled(ground, WAREHOUSES, `lamp-${call}`);
  const { stock } = ground.acme;
  await Promise.all(
    names("cart", count).map((reservation) =>
      stock.reserve({ product, reservation, units: 1, leaseMs, rememberMs: DAY_MS }),
    ),
  );
  return product;
}
