import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { expectAt, failure } from "../../support/lua/errors.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const most = 1_000_000_000_000;
const { redis, scope, tenant } = freshTenant();

interface Move {
  readonly change: number;
  readonly warehouse?: string;
  readonly backorder?: boolean;
  readonly operation?: string;
}

const adjust = (product: string, { backorder = false, ...move }: Move) =>
  tenant.stock.adjust({ product, backorder, low: 2, rememberMs: 60_000, ...move });

/** Levels of warehouses a, b, c, …, as if they had come by events, and the units that reservations hold. */
async function stocked(product: string, levels: readonly number[], held = 0): Promise<string> {
  const fields = levels.map((level, position) => [`level:${"abcdefgh"[position]}`, String(level)] as const);
  const total = levels.reduce((sum, level) => sum + level, 0);
  await redis.hset(keys.stock(scope, product), { ...Object.fromEntries(fields), total: String(total) });
  if (held > 0) await redis.hset(keys.stock(scope, product), { held: String(held) });
  return product;
}

async function levelsOf(product: string): Promise<number[]> {
  const known = await tenant.stock.levels({ product });
  return known.outcome === "known" ? known.levels.map(({ quantity }) => quantity) : [];
}

interface Row extends Move {
  readonly levels: readonly number[];
  readonly held?: number;
  readonly outcome: string;
  readonly left: readonly number[];
}

test.each<Row>([
  { levels: [5], change: 0, outcome: "adjusted", left: [5] },
  { levels: [5], change: -5, outcome: "adjusted", left: [0] },
  { levels: [5], change: -6, outcome: "refused", left: [5] },
  { levels: [5], change: -6, backorder: true, outcome: "adjusted", left: [-1] },
  { levels: [0], change: -1, outcome: "refused", left: [0] },
  { levels: [0, 0], change: -1, backorder: true, outcome: "adjusted", left: [-1, 0] },
  // A sale: the fullest first, the name between equals.
  { levels: [3, 3, 4], change: -4, outcome: "adjusted", left: [3, 3, 0] },
  { levels: [3, 3, 4], change: -5, outcome: "adjusted", left: [2, 3, 0] },
  { levels: [3, 3, 4], change: -10, outcome: "adjusted", left: [0, 0, 0] },
  { levels: [3, 3, 4], change: -11, outcome: "refused", left: [3, 3, 4] },
  { levels: [3, 3, 4], change: -11, backorder: true, outcome: "adjusted", left: [0, 0, -1] },
  { levels: [1, 2, 2, 2], change: -5, outcome: "adjusted", left: [1, 0, 0, 1] },
  // A negative level lowers the total, so 2 of the 6 units cannot be sold.
  { levels: [6, -2], change: -4, outcome: "adjusted", left: [2, -2] },
  { levels: [6, -2], change: -5, outcome: "refused", left: [6, -2] },
  { levels: [6, -2], change: -5, backorder: true, outcome: "adjusted", left: [1, -2] },
  { levels: [6, -2], change: -5, warehouse: "a", outcome: "refused", left: [6, -2] },
  { levels: [6, -2], change: -1, warehouse: "b", outcome: "refused", left: [6, -2] },
  { levels: [6, -2], change: -1, warehouse: "b", backorder: true, outcome: "adjusted", left: [6, -3] },
  { levels: [6, 2], change: -3, warehouse: "b", outcome: "refused", left: [6, 2] },
  { levels: [6, 2], change: -2, warehouse: "b", outcome: "adjusted", left: [6, 0] },
  // Held units cannot be sold from any warehouse.
  { levels: [5], held: 4, change: -1, outcome: "adjusted", left: [4] },
  { levels: [5], held: 4, change: -2, outcome: "refused", left: [5] },
  { levels: [5], held: 4, change: -2, backorder: true, outcome: "adjusted", left: [3] },
  { levels: [5], held: 5, change: 0, outcome: "adjusted", left: [5] },
  { levels: [5], held: 6, change: 0, outcome: "adjusted", left: [5] },
  { levels: [6, 2], held: 3, change: -5, warehouse: "a", outcome: "adjusted", left: [1, 2] },
  { levels: [6, 2], held: 3, change: -6, warehouse: "a", outcome: "refused", left: [6, 2] },
  { levels: [6, -2], held: 1, change: -3, outcome: "adjusted", left: [3, -2] },
  { levels: [6, -2], held: 1, change: -4, outcome: "refused", left: [6, -2] },
  // A return is taken though more is held than is there.
  { levels: [2], held: 9, change: 1, outcome: "adjusted", left: [3] },
  { levels: [2], held: 9, change: 9, outcome: "adjusted", left: [11] },
  // A return: whole to the emptiest, or to the one named.
  { levels: [3, 3, 4], change: 9, outcome: "adjusted", left: [12, 3, 4] },
  { levels: [3, -3, 4], change: 9, outcome: "adjusted", left: [3, 6, 4] },
  { levels: [3, -3, 4], change: 1, warehouse: "c", outcome: "adjusted", left: [3, -3, 5] },
  { levels: [-9, -3], change: 1, outcome: "adjusted", left: [-8, -3] },
  // The largest.
  { levels: [most], change: -most, outcome: "adjusted", left: [0] },
  { levels: [0], change: most, outcome: "adjusted", left: [most] },
  { levels: [0], change: -most, backorder: true, outcome: "adjusted", left: [-most] },
])("stock.adjust returns $outcome and leaves $left for the row %j", async (row) => {
  const { levels, held = 0, outcome, left, ...move } = row;
  const product = await stocked(`table-${JSON.stringify(row)}`.replace(/[{}]/g, ""), levels, held);
  const total = left.reduce((sum, level) => sum + level, 0);
  const available = total - held;
  const statusOf = (units: number) => (units <= 0 ? "out_of_stock" : units <= 2 ? "low_stock" : "in_stock");
  const statusBefore = statusOf(levels.reduce((sum, level) => sum + level, 0) - held);
  const told = { total, statusBefore, status: statusOf(available), available };
  expect(await adjust(product, move)).toEqual({ outcome, repeated: false, ...told });
  expect(await levelsOf(product)).toEqual(left);
  expect(await redis.hget(keys.stock(scope, product), "total")).toBe(String(total));
  expect(await redis.hget(keys.stock(scope, product), "held")).toBe(held > 0 ? String(held) : null);
});

test.each<Move & { level: number }>([
  { level: most, change: 1 },
  { level: 1, change: most },
  { level: -most, change: -1, backorder: true },
  { level: -1, change: -most, backorder: true },
])("stock.adjust refuses $change on a level of $level and writes nothing", async (row) => {
  const { level, ...move } = row;
  const product = await stocked(`beyond-${level}`, [level]);
  const held = { stock: keys.stock(scope, product), answer: keys.stockOperation(scope, product, "sale") };
  const before = await bytesOf(redis, held);
  const error = await failure(adjust(product, { ...move, operation: "sale" }));
  expectAt(error, "ARGUMENT", "stock.adjust", /err = "ARGUMENT /);
  expect(await bytesOf(redis, held)).toEqual(before);
});

test("stock.adjust distinguishes a new warehouse from a product without stock", async () => {
  const product = await stocked("lamp", [5]);
  const sale = { change: -1, operation: "sale" };
  expect(await adjust(product, { ...sale, warehouse: "z" })).toEqual({ outcome: "unknown_warehouse" });
  expect(await adjust("nothing", sale)).toEqual({ outcome: "unknown" });
  expect(await redis.exists(keys.stock(scope, "nothing"))).toBe(0);
});

test("a late copy of a sale without stock sells nothing for 10 minutes, although there is stock now", async () => {
  const sale = { change: -1, operation: "sale" };
  const week = { product: "late", ...sale, backorder: false, low: 2, rememberMs: 7 * 86_400_000 };
  expect(await tenant.stock.adjust(week)).toEqual({ outcome: "unknown" });
  const left = await redis.pttl(keys.stockOperation(scope, "late", "sale"));
  expect(left).toBeGreaterThan(650_000);
  expect(left).toBeLessThanOrEqual(660_000);
  await stocked("late", [5]);
  expect(await adjust("late", sale)).toEqual({ outcome: "unknown" });
  const elsewhere = { change: -1, operation: "elsewhere", warehouse: "z" };
  expect(await adjust("late", elsewhere)).toEqual({ outcome: "unknown_warehouse" });
  await tenant.stock.setLevel({ product: "late", warehouse: "z", quantity: 1, sequence: 1, low: 0 });
  expect(await adjust("late", elsewhere)).toEqual({ outcome: "unknown_warehouse" });
  expect(await levelsOf("late")).toEqual([5, 1]);
  expect(await adjust("late", { ...sale, operation: "again" })).toMatchObject({ outcome: "adjusted" });
});

test("a repeated operation returns its first reply, although the stock has changed", async () => {
  const product = await stocked("vase", [5], 1);
  const big = { change: -9, operation: "big" };
  const one = { change: -1, operation: "one" };
  expect(await adjust(product, big)).toMatchObject({ outcome: "refused", total: 5 });
  expect(await adjust(product, one)).toMatchObject({ outcome: "adjusted", total: 4 });
  await adjust(product, { change: 20 });
  await redis.hset(keys.stock(scope, product), { held: "7" });
  const refused = { outcome: "refused", repeated: true, total: 5, status: "in_stock", available: 4 };
  expect(await adjust(product, big)).toMatchObject(refused);
  const adjusted = { outcome: "adjusted", repeated: true, total: 4, status: "in_stock", available: 3 };
  expect(await adjust(product, one)).toMatchObject(adjusted);
  expect(await levelsOf(product)).toEqual([24]);
});

test.each<Move>([{ change: -2 }, { change: -1, warehouse: "a" }, { change: -1, backorder: true }])(
  "the same operation with other arguments is a mismatch: %j",
  async (other) => {
    const product = await stocked(`mismatch-${JSON.stringify(other)}`.replace(/[{}]/g, ""), [5]);
    await adjust(product, { change: -1, operation: "sale" });
    expect(await adjust(product, { ...other, operation: "sale" })).toEqual({ outcome: "mismatch" });
    expect(await levelsOf(product)).toEqual([4]);
  },
);

test("a repeated operation returns its first reply even if it would leave the bounds now", async () => {
  const product = await stocked("full", [most - 1]);
  const back = { change: 1, operation: "back" };
  await adjust(product, back);
  expect(await adjust(product, back)).toMatchObject({ outcome: "adjusted", repeated: true, total: most });
});

test.each([
  { total: 100 * most, available: 100 * most },
  { total: -100 * most, available: -200 * most },
])(
  "stock.adjust remembers a reply of $total units with $available available",
  async ({ total, available }) => {
    const product = await stocked(`large-${total}`, [9]);
    await redis.set(keys.stockOperation(scope, product, "sale"), `adjusted ${total} ${available} -1 no `);
    const again = await adjust(product, { change: -1, operation: "sale" });
    expect(again).toMatchObject({ outcome: "adjusted", repeated: true, total, available });
  },
);

test("stock.adjust forgets a refused sale after rememberMs", async () => {
  const product = await stocked("sofa", [5]);
  expect(await adjust(product, { change: -6, operation: "sale" })).toMatchObject({ outcome: "refused" });
  const left = await redis.pttl(keys.stockOperation(scope, product, "sale"));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(60_000);
});

test("stock.adjust forgets an operation after rememberMs", async () => {
  const product = await stocked("rug", [5]);
  await adjust(product, { change: -1, operation: "sale" });
  const answer = keys.stockOperation(scope, product, "sale");
  const left = await redis.pttl(answer);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(60_000);
  await redis.pexpireat(answer, 1);
  expect(await adjust(product, { change: -1, operation: "sale" })).toMatchObject({
    repeated: false,
    total: 3,
  });
});

test.each([
  "",
  "adjusted",
  "adjusted 5",
  "refused 2",
  "adjusted 5 5",
  "adjusted 1.5 1 -1 no ",
  "adjusted 1 2.5 -1 no ",
  "adjusted 1 - -1 no ",
  "adjusted 1 x -1 no ",
  "sold 5 5 -1 no ",
  "adjusted 100000000000001 1 -1 no ",
  "adjusted 1 100000000000001 -1 no ",
  "adjusted 1 -200000000000001 -1 no ",
])("stock.adjust reports the remembered reply %j as corrupt", async (text) => {
  const product = await stocked(`answer-${text}`, [5]);
  await redis.set(keys.stockOperation(scope, product, "sale"), text);
  const error = await failure(adjust(product, { change: -1, operation: "sale" }));
  expect(error).toMatchObject({ code: "CORRUPT" });
  expect(await levelsOf(product)).toEqual([5]);
});

test("stock.adjust reports a level without a total as corrupt", async () => {
  const fields = { held: "1", "level:a": "5" };
  await redis.hset(keys.stock(scope, "headless"), fields);
  for (const warehouse of [undefined, "a"]) {
    const sale = { change: -1, ...(warehouse && { warehouse }) };
    expect(await failure(adjust("headless", sale))).toMatchObject({ code: "CORRUPT" });
  }
  expect(await redis.hgetall(keys.stock(scope, "headless"))).toEqual(fields);
});

test.each([
  { levels: [5, 5], change: -1, left: [4, 5] },
  { levels: [5, 5], change: 1, left: [6, 5] },
  { levels: [3, 5], change: -1, left: [3, 4] },
  { levels: [5, 3], change: 1, left: [5, 4] },
])(
  "stock.adjust by $change of $levels leaves $left, in whatever order they are stored",
  async ({ levels, change, left }) => {
    for (const names of ["ab", "ba"]) {
      const product = `order-${names}-${levels}-${change}`;
      const fields = [...names].flatMap((name) => [`level:${name}`, levels["ab".indexOf(name)] ?? 0]);
      const total = levels.reduce((sum, level) => sum + level, 0);
      await redis.hset(keys.stock(scope, product), "total", total, ...fields);
      expect(await adjust(product, { change })).toMatchObject({ outcome: "adjusted" });
      expect(await levelsOf(product), names).toEqual(left);
    }
  },
);

test.each([
  [1.5, 0.5],
  [most + 1, -1],
  [-most - 1, 1],
])("stock.adjust reports the levels %d and %d as corrupt, although their sum is right", async (a, b) => {
  const product = await stocked(`sum-${a}`, [a, b]);
  const error = await failure(adjust(product, { change: 1 }));
  expectAt(error, "CORRUPT", "stock.adjust", /err = "CORRUPT level of a warehouse"/);
  expect(await redis.hmget(keys.stock(scope, product), "level:a", "level:b")).toEqual([`${a}`, `${b}`]);
});

test("stock.adjust reads up to 204 fields of a stock, and reports more as corrupt", async () => {
  const product = await stocked("fields", [5], 1);
  const foreign = Array.from({ length: 201 }, (_, position) => [`foreign:${position}`, "1"] as const);
  await redis.hset(keys.stock(scope, product), Object.fromEntries(foreign));
  expect(await adjust(product, { change: -1 })).toMatchObject({ outcome: "adjusted", total: 4 });
  await redis.hset(keys.stock(scope, product), { "foreign:201": "1" });
  expect(await failure(adjust(product, { change: -1 }))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.hget(keys.stock(scope, product), "total")).toBe("4");
});

test("a sale takes units from one of 100 warehouses if possible, else from all", async () => {
  const fields = Array.from({ length: 100 }, (_, position) => [`level:${position}`, String(most)] as const);
  await redis.hset(keys.stock(scope, "chair"), { ...Object.fromEntries(fields), total: 100 * most });
  expect(await adjust("chair", { change: -most })).toMatchObject({ outcome: "adjusted", total: 99 * most });
  expect((await levelsOf("chair")).filter((level) => level === 0)).toHaveLength(1);
  const crumbs = Object.fromEntries(fields.map(([field]) => [field, "2"]));
  await redis.hset(keys.stock(scope, "crumbs"), { ...crumbs, total: 200 });
  expect(await adjust("crumbs", { change: -199 })).toMatchObject({ outcome: "adjusted", total: 1 });
  expect((await levelsOf("crumbs")).filter((level) => level === 0)).toHaveLength(99);
});
