import { keys, scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS, HOUR_MS, maxOf, names } from "./items.js";

const { stock: s } = scripts;
const QUANTITY = 1_000_000;
const WAREHOUSES = 4;
const MAX_WAREHOUSES = 100;
const FEW = 10;
/** The held reservations that a recount reads. */
const MAX_RECOUNTED = 1_000;
/** The leases that one reserve ends. */
const MAX_ENDED = 100;
const low = 5;
/** The attempt of each cart. */
const FENCE = 7;
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
  path(s.levels, "4 warehouses", async (ground) => ({ product: await filled(ground) }), {
    outcome: "known",
  }),
  atLimit(s.levels, "100 warehouses", async (ground) => ({ product: await filled(ground, MAX_WAREHOUSES) }), {
    outcome: "known",
    fills: ["stock"],
  }),
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
  path(s.reserve, "nothing due", (ground, call) => reserving(ground, call), { outcome: "reserved" }),
  path(s.reserve, "sent again", (ground, call) => reserving(ground, call), {
    outcome: "reserved",
    sentBefore: true,
  }),
  path(s.reserve, "the first of a product", firstReserve, { outcome: "reserved" }),
  path(
    s.reserve,
    "refused",
    async (ground, call) => ({ ...(await reserving(ground, call)), units: WAREHOUSES * QUANTITY + 1 }),
    { outcome: "refused" },
  ),
  path(
    s.reserve,
    "10 leases closed",
    async (ground, call) => ({
      ...(await reserving(ground, call)),
      reservation: "cart-new",
      product: await ended(ground, call, FEW, SHORT_LEASE_MS),
    }),
    { outcome: "reserved", calls: 20, waitMs: SHORT_LEASE_MS },
  ),
  atLimit(
    s.reserve,
    "all units held by 100 leases that ended",
    async (ground, call) => ({
      product: await ended(ground, call, MAX_ENDED, LONG_LEASE_MS),
      reservation: "cart-new",
      units: WAREHOUSES * QUANTITY,
      leaseMs: HOUR_MS,
      rememberMs: DAY_MS,
    }),
    { outcome: "reserved", waitMs: LONG_LEASE_MS },
  ),
  path(s.reserve, "an older hold replaced", replacing, { outcome: "reserved" }),
  path(s.resize, "more units", (ground, call) => resizing(ground, call, 5), { outcome: "resized" }),
  path(s.resize, "sent again", (ground, call) => resizing(ground, call, 5), {
    outcome: "resized",
    sentBefore: true,
  }),
  path(s.resize, "refused", (ground, call) => resizing(ground, call, WAREHOUSES * QUANTITY + 1), {
    outcome: "refused",
  }),
  atLimit(s.resize, "1,000 reservations", (ground, call) => resizing(ground, call, 5), {
    outcome: "resized",
  }),
  path(
    s.commit,
    "warehouse given",
    async (ground, call) => ({ ...(await reserved(ground, call)), warehouse: "warehouse-1" }),
    { outcome: "committed" },
  ),
  path(s.commit, "none given", reserved, { outcome: "committed" }),
  path(s.commit, "sent again", reserved, { outcome: "already_committed", sentBefore: true }),
  path(s.commit, "retaken after the lease", retaking, { outcome: "committed" }),
  path(s.commit, "short", shortCommit, { outcome: "short" }),
  atLimit(s.commit, "none given, 100 warehouses", (ground, call) => reserved(ground, call, MAX_WAREHOUSES)),
  path(s.extend, "held", extension, { outcome: "extended" }),
  atLimit(s.extend, "held, 1,000 reservations", extension, { outcome: "extended" }),
  path(
    s.watch,
    "a newer event",
    async (ground, call) => ({ product: await filled(ground), sequence: call, low }),
    { outcome: "watched" },
  ),
  atLimit(s.watch, "100 warehouses", async (ground, call) => ({
    product: await filled(ground, MAX_WAREHOUSES),
    sequence: call,
    low,
  })),
  path(s.dropWarehouse, "empty", emptied, { outcome: "dropped" }),
  atLimit(s.dropWarehouse, "empty, 100 warehouses", (ground, call) => emptied(ground, call, MAX_WAREHOUSES), {
    outcome: "dropped",
    calls: 100,
  }),
  path(s.recount, "10 held", async (ground, call) => ({ product: await holding(ground, call, FEW) }), {
    outcome: "correct",
    calls: 20,
  }),
  atLimit(
    s.recount,
    "1,000 held",
    async (ground, call) => ({ product: await holding(ground, call, MAX_RECOUNTED) }),
    { outcome: "correct" },
  ),
  path(s.forget, "10 held", (ground, call) => forgetting(ground, call, FEW), {
    outcome: "forgotten",
    calls: 20,
  }),
  atLimit(
    s.forget,
    "as many held as the limit allows",
    (ground, call) => forgetting(ground, call, maxOf("stock.forget", "limit")),
    { outcome: "forgotten" },
  ),
  path(s.release, "held", reserved, { outcome: "released" }),
  path(s.release, "sent again", reserved, { outcome: "released", sentBefore: true }),
  path(
    s.release,
    "unknown",
    async (ground, call) => ({
      product: await filled(ground),
      reservation: `cart-${call}`,
      rememberMs: DAY_MS,
    }),
    { outcome: "unknown" },
  ),
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
  path(s.prepare, "held", preparing, { outcome: "prepared" }),
  path(s.prepare, "sent again", preparing, { outcome: "prepared", sentBefore: true }),
  path(s.prepare, "other units than held", preparingOther, { outcome: "mismatch" }),
  atLimit(s.prepare, "held, 1,000 reservations", preparing, { outcome: "prepared" }),
  path(s.commitPrepared, "4 warehouses", prepared, { outcome: "committed" }),
  path(s.commitPrepared, "sent again", prepared, { outcome: "already_committed", sentBefore: true }),
  atLimit(s.commitPrepared, "100 warehouses", (ground, call) => prepared(ground, call, MAX_WAREHOUSES), {
    outcome: "committed",
  }),
  path(s.releasePrepared, "prepared", prepared, { outcome: "held" }),
  atLimit(s.releasePrepared, "prepared, 1,000 reservations", prepared, { outcome: "held" }),
  path(s.claimPrepared, "prepared", claimingPrepared, { outcome: "prepared" }),
  atLimit(s.claimPrepared, "prepared, 1,000 reservations", claimingPrepared, { outcome: "prepared" }),
];

async function reserving(ground: CaseGround, call: number, name = "lamp") {
  const product = await filled(ground, WAREHOUSES, name);
  return { product, reservation: `cart-${call}`, units: 3, leaseMs: HOUR_MS, rememberMs: DAY_MS };
}

/** A product of this call alone, which nobody has reserved yet. */
function firstReserve(ground: CaseGround, call: number) {
  return reserving(ground, call, `lamp-${call}`);
}

/** A reservation in place of the older one of the same buyer. */
async function replacing(ground: CaseGround, call: number) {
  const { product, reservation } = await reserved(ground, call);
  const replaces = reservation;
  return { ...(await reserving(ground, call)), product, reservation: `new-${call}`, replaces };
}

async function resizing(ground: CaseGround, call: number, units: number) {
  return { ...(await reserved(ground, call)), operation: `resize-${call}`, units };
}

/** A payment for a reservation that a release after its lease has not touched. */
async function retaking(ground: CaseGround, call: number) {
  const product = await filled(ground);
  const reservation = `cart-${call}`;
  const { stock } = ground.acme;
  await stock.reserve({ product, reservation, units: 3, leaseMs: 1, rememberMs: DAY_MS });
  return { product, reservation, retake: true, rememberMs: DAY_MS };
}

/** A reservation of more units than the given warehouse has. */
async function shortCommit(ground: CaseGround, call: number) {
  const held = await reserved(ground, call);
  const warehouse = "warehouse-empty";
  await ground.once(warehouse, () =>
    ground.acme.stock.setLevel({ product: held.product, warehouse, quantity: 0, sequence: 1, low }),
  );
  return { ...held, warehouse };
}

async function extension(ground: CaseGround, call: number) {
  const product = await filled(ground);
  const reservation = `cart-${call}`;
  const reply = await ground.acme.stock.reserve({
    product,
    reservation,
    units: 3,
    leaseMs: HOUR_MS,
    rememberMs: DAY_MS,
  });
  if (reply.outcome !== "reserved") throw new Error(`${reservation} is ${reply.outcome}`);
  return { product, reservation, leaseEndsMs: reply.leaseEndsMs, leaseMs: 2 * HOUR_MS };
}

/** A product of this call alone, one warehouse of which is empty. */
async function emptied(ground: CaseGround, call: number, warehouses = WAREHOUSES) {
  const product = await filled(ground, warehouses, `lamp-${call}`);
  const warehouse = "warehouse-1";
  await ground.acme.stock.setLevel({ product, warehouse, quantity: 0, sequence: 2, low });
  return { product, warehouse, sequence: 3 };
}

function holding(ground: CaseGround, call: number, count: number): Promise<string> {
  return ended(ground, call, count, HOUR_MS);
}

async function forgetting(ground: CaseGround, call: number, count: number) {
  const product = await holding(ground, call, count);
  return { product, operation: `forget-${call}`, limit: count, rememberMs: DAY_MS };
}

/** A product of this call alone, with reservations whose leases end after this time. */
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

/** A cart's line that is held for each call. */
async function preparing(ground: CaseGround, call: number, warehouses = WAREHOUSES) {
  return {
    ...(await reserved(ground, call, warehouses)),
    units: 3,
    fence: FENCE,
    retake: false,
    prepareLimitMs: 600_000,
  };
}

/** A call that names other units than the line has, so that its answer is remembered. */
async function preparingOther(ground: CaseGround, call: number) {
  return { ...(await preparing(ground, call)), units: 2 };
}

/** A cart's line that is prepared for each call. */
async function prepared(ground: CaseGround, call: number, warehouses = WAREHOUSES) {
  const line = await preparing(ground, call, warehouses);
  await ground.acme.scripts.stock.prepare(line);
  const { product, reservation, fence, rememberMs } = line;
  return { product, reservation, fence, rememberMs };
}

/** A prepared line that is due in the index of its slot at a known time. */
async function claimingPrepared(ground: CaseGround, call: number) {
  const { product, reservation } = await prepared(ground, call);
  const index = keys.slotPrepared({ namespace: "bench", tenant: "acme" }, product);
  await ground.redis.zadd(index, 1_000, `acme:${product}\t${reservation}`);
  return { product, reservation, dueMs: 1_000, retryMs: HOUR_MS };
}
