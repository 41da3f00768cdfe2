import { expect, test } from "vitest";
import model from "../../../generated/model.json" with { type: "json" };
import { keys } from "../../../src/index.js";
import { nowMs, send } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";
import { endReservation, hour } from "../../support/lua/reservations.js";
import { freshTenant } from "../../support/lua/tenants.js";

/** The `@corrupt` rows of the keys of stock, as the review sheets print them. */
const rows = model.keys
  .filter(({ owner }) => owner === "stock")
  .flatMap(({ name, corrupt = [] }) => corrupt.map((row) => ({ key: name, ...row })));

const context = freshTenant();
const { redis, scope, tenant } = context;
const { stock, scripts } = tenant;
const rememberMs = hour;
const operation = "op-1";
const count = { warehouse: "berlin", quantity: 5, sequence: 10, low: 0 };

const keysOf = (product: string) => ({
  stock: keys.stock(scope, product),
  past_sequences: keys.pastSequences(scope, product),
  reservations: keys.reservations(scope, product),
  reservation_ends: keys.reservationEnds(scope, product),
  closed_reservations: keys.closedReservations(scope, product),
  slot_due: keys.slotDue(scope, product),
  slot_dead: keys.slotDead(scope, product),
  slot_prepared: keys.slotPrepared(scope, product),
  prepare_operation: keys.prepareOperation(scope, product, operation),
  stock_operation: keys.stockOperation(scope, product, operation),
  reserve_operation: keys.reserveOperation(scope, product, operation),
  commit_operation: keys.commitOperation(scope, product, operation),
  resize_operation: keys.resizeOperation(scope, product, operation),
  release_operation: keys.releaseOperation(scope, product, operation),
  forget_operation: keys.forgetOperation(scope, product, operation),
});

/** The sequence of every further event in a test. */
let sequence = 10;

/** The words of repairs that are no command of Redis. */
const calls: Readonly<Record<string, (product: string) => Promise<unknown>>> = {
  "call stock.recount": (product) => stock.recount({ product }),
  "call stock.forget": (product) => stock.forget({ product, limit: 100, rememberMs }),
  "call stock.drop_warehouse": (product) =>
    stock.dropWarehouse({ product, warehouse: "empty-1", sequence: ++sequence }),
  "count the warehouse anew": (product) => stock.setLevel({ product, ...count, sequence: ++sequence }),
  "call slot.redrive": async (product) => {
    const member = memberOf(product);
    const stored = await redis.hget(keysOf(product).slot_dead, member);
    if (stored !== null)
      await scripts.slot.redrive({ product, member, sinceMs: Number(stored.split(" ")[0]) });
  },
};

interface Repair {
  /** As the row names it. */
  readonly what: string;
  readonly corrupt: readonly string[];
  /** The call that finds it. Absent: the sweep, whose product is then set aside. */
  readonly call?: (product: string) => Promise<unknown>;
  /** Words of the row, in their order. */
  readonly steps: readonly string[];
  /** What a DBA writes for the words in angle brackets. */
  readonly fill?: Readonly<Record<string, string>>;
  /** The repair removes the stock. */
  readonly forgets?: true;
}

const sweep = (product: string) => stock.sweep({ product, limit: 10, rememberMs });
const sale = (product: string) =>
  stock.adjust({ product, operation, change: -1, backorder: false, low: 0, rememberMs });
const levels = (product: string) => stock.levels({ product });
const cart = { "<reservation>": "cart-1" };
const fields = (count: number, name: (position: number) => string) =>
  `HSET {stock} ${Array.from({ length: count }, (_, position) => name(position + 1)).join(" ")}`;
const redrive = "call slot.redrive";
const recount = "call stock.recount";

const repairs: readonly Repair[] = [
  { what: "total", corrupt: ["HSET {stock} total many"], steps: [recount, redrive] },
  {
    what: "total",
    corrupt: ["HSET {stock} total many"],
    steps: ["call stock.forget", redrive],
    forgets: true,
  },
  { what: "held", corrupt: ["HSET {stock} held 1"], steps: [recount, redrive] },
  { what: "held", corrupt: ["HSET {stock} held x"], steps: ["call stock.forget", redrive], forgets: true },
  {
    what: "level of a warehouse",
    corrupt: ["HSET {stock} level:berlin five"],
    call: levels,
    steps: ["HSET {stock} level:<warehouse> <its units>", recount, "count the warehouse anew"],
    fill: { "<warehouse>": "berlin", "<its units>": "4" },
  },
  {
    what: "event of a warehouse",
    corrupt: ["HSET {stock} event:berlin 9"],
    call: levels,
    steps: ['HSET {stock} event:<warehouse> "<its latest sequence> <its level>"', "count the warehouse anew"],
    fill: { "<warehouse>": "berlin", "<its latest sequence>": "9", "<its level>": "5" },
  },
  {
    what: "watch",
    corrupt: ["HSET {stock} watch many"],
    call: (product) => stock.setLevel({ product, ...count, sequence: ++sequence }),
    steps: ["HDEL {stock} watch"],
  },
  {
    what: "stock of more than 100 warehouses",
    corrupt: [fields(199, (position) => `foreign-${position} x`)],
    call: levels,
    steps: ["HDEL {stock} <foreign field>", recount],
    fill: { "<foreign field>": "foreign-1" },
  },
  {
    what: "stock of more than 100 warehouses",
    corrupt: [fields(99, (position) => `level:empty-${position} 0 event:empty-${position} "1 0"`)],
    call: levels,
    steps: ["call stock.drop_warehouse", recount],
  },
  {
    what: "past sequence",
    corrupt: ["HSET {past_sequences} rome many"],
    call: (product) => stock.dropWarehouse({ product, warehouse: "rome", sequence: 4 }),
    steps: ["HSET {past_sequences} <warehouse> <its latest sequence>"],
    fill: { "<warehouse>": "rome", "<its latest sequence>": "4" },
  },
  {
    what: "reservation",
    corrupt: ['HSET {reservations} cart-1 "lost 3 1"'],
    steps: ["HDEL {reservations} <reservation>", recount, redrive],
    fill: cart,
  },
  { what: "reservation", corrupt: ["DEL {reservations}"], steps: [recount, redrive] },
  { what: "reservation", corrupt: ["ZADD {reservation_ends} 1 ghost"], steps: [recount, redrive] },
  ...["inf", "1e300"].map((end) => ({
    what: "end of a reservation",
    corrupt: [`ZADD {reservation_ends} ${end} cart-1`],
    steps: [recount, redrive],
  })),
  {
    what: "end of a reservation",
    corrupt: ["ZADD {reservation_ends} inf cart-1"],
    steps: ["ZADD {reservation_ends} <the time in its text> <reservation>", redrive],
    fill: cart,
  },
  ...["inf cart-2", "{now+1000}.5 ghost"].map((wrong) => ({
    what: "end of a closed reservation",
    corrupt: [`ZADD {closed_reservations} ${wrong}`],
    steps: [recount, redrive],
  })),
  {
    what: "end of a closed reservation",
    corrupt: ["ZADD {closed_reservations} inf cart-2"],
    steps: ["ZADD {closed_reservations} <the time in its text> <reservation>", redrive],
    fill: { "<reservation>": "cart-2" },
  },
  {
    what: "end of a closed reservation",
    corrupt: ["ZADD {closed_reservations} {now+1000}.5 ghost"],
    steps: ["ZREM {closed_reservations} <reservation>", redrive],
    fill: { "<reservation>": "ghost" },
  },
  {
    what: "prepared",
    corrupt: ["HSET {stock} prepared many"],
    call: (product) => stock.forget({ product, limit: 10, rememberMs }),
    steps: [recount],
    forgets: true,
  },
  {
    what: "time of a prepared line",
    corrupt: ['ZADD {slot_prepared} 1.5 "{member}\tcart-1"'],
    call: (product) => stock.claimPrepared({ product, reservation: "cart-1", dueMs: 1, retryMs: hour }),
    steps: ['ZADD {slot_prepared} <the present time in milliseconds> "<member>"'],
    fill: { "<member>": "{member}\tcart-1" },
  },
  {
    what: "time in the index of the slot",
    corrupt: ["ZADD {slot_due} 1.5 {member}"],
    call: (product) =>
      scripts.slot.setAside({ product, member: memberOf(product), dueMs: 1, reason: "CORRUPT held" }),
    steps: ["ZADD {slot_due} <the present time in milliseconds> <member>"],
  },
  ...(
    [
      ["stock", sale],
      [
        "reserve",
        (product) =>
          stock.reserve({
            product,
            operation,
            reservation: "cart-3",
            units: 99,
            leaseMs: hour,
            rememberMs,
          }),
      ],
      ["commit", (product) => stock.commit({ product, operation, reservation: "cart-3", rememberMs })],
      [
        "resize",
        (product) => stock.resize({ product, operation, reservation: "cart-3", units: 1, rememberMs }),
      ],
      ["release", (product) => stock.release({ product, operation, reservation: "cart-3", rememberMs })],
      [
        "prepare",
        (product) =>
          stock.prepare({
            product,
            operation,
            reservation: "cart-3",
            units: 1,
            fence: 7,
            retake: false,
            prepareLimitMs: 600_000,
            rememberMs,
          }),
      ],
      ["forget", (product) => stock.forget({ product, operation, limit: 10, rememberMs })],
    ] as const satisfies readonly (readonly [string, (product: string) => Promise<unknown>])[]
  ).map(([name, call]) => ({
    what: `${name}-operation`,
    corrupt: [`SET {${name}_operation} wrong`],
    call,
    steps: [`DEL {${name}_operation}`],
  })),
];

const memberOf = (product: string) => `${scope.tenant}:${product}`;

function rowOf(what: string) {
  const row = rows.find((one) => one.what === what);
  if (row === undefined) throw new Error(`no key has @corrupt ${what}`);
  return row;
}

/** Two warehouses, a reservation whose lease has ended, and a released one. */
async function prepared(product: string) {
  await stock.setLevel({ product, ...count, sequence: 9 });
  await stock.setLevel({ product, ...count, warehouse: "paris", quantity: 7, sequence: 1 });
  for (const reservation of ["cart-1", "cart-2"])
    await stock.reserve({ product, reservation, units: 3, leaseMs: hour, rememberMs });
  await stock.release({ product, reservation: "cart-2", rememberMs });
  await endReservation(context, product, "cart-1");
}

const textsOf = (product: string, lines: readonly string[], fill: Repair["fill"] = {}) =>
  lines.map((line) =>
    Object.entries(fill)
      .reduce((text, [word, value]) => text.replaceAll(word, value), line)
      .replaceAll("{member}", memberOf(product)),
  );

/** Runs the words of a row one after another, as a DBA does. */
async function repair(product: string, { what, steps, fill = {} }: Repair) {
  const row = rowOf(what);
  const own = keysOf(product);
  let from = 0;
  for (const step of steps) {
    from = row.repair.indexOf(step, from);
    expect(from, `${step} in: ${row.repair}`).toBeGreaterThanOrEqual(0);
    const call = calls[step];
    if (call !== undefined) {
      await call(product);
      continue;
    }
    const text = await redis.hget(own.reservations, fill["<reservation>"] ?? "");
    const filled = {
      "<member>": memberOf(product),
      ...fill,
      "<the time in its text>": text?.split(" ")[2] ?? "",
      "<the present time in milliseconds>": String(await nowMs(redis)),
    };
    await send(redis, own, textsOf(product, [step], filled));
  }
}

/** The call ends in this error. If the sweeper made it, it sets the product aside. */
async function fail(product: string, { what, call }: Repair) {
  const error = await failure((call ?? sweep)(product));
  expect(error).toMatchObject({ code: "CORRUPT", message: expect.stringContaining(what) });
  if (call !== undefined) return;
  const own = keysOf(product);
  const dueMs = Number(await redis.zscore(own.slot_due, memberOf(product)));
  const member = memberOf(product);
  await scripts.slot.setAside({ product, member, dueMs, reason: `CORRUPT ${what}` });
  expect(await redis.zscore(own.slot_due, member)).toBeNull();
  await send(redis, own, rowOf(what).look.split(" and "));
}

/** The call works, the levels are kept, no earlier event is let in, and a sweep frees the units. */
async function expectRepaired(product: string, { call = sweep, forgets, what }: Repair) {
  const own = keysOf(product);
  expect(await redis.zscore(own.slot_due, memberOf(product))).not.toBeNull();
  await expect(call(product)).resolves.toBeDefined();
  expect(await redis.hexists(own.slot_dead, memberOf(product))).toBe(0);
  const late = await stock.setLevel({ product, ...count, quantity: 99, sequence: 8 });
  expect(late).toMatchObject({ outcome: "stale" });
  await sweep(product);
  if (forgets || what === "forget-operation") {
    expect(await levels(product)).toEqual({ outcome: "unknown" });
    return;
  }
  const sold = what === "stock-operation" ? 1 : 0;
  expect(await levels(product)).toMatchObject({ total: 12 - sold, available: 12 - sold });
  expect(await stock.recount({ product })).toMatchObject({ outcome: "correct" });
  expect(await redis.hmget(own.stock, "level:berlin", "level:paris")).toEqual(["5", String(7 - sold)]);
}

test.each(repairs.map((row, position) => ({ ...row, position })))(
  "CORRUPT $what, repair $position: $steps",
  async (row) => {
    const product = `lamp-${row.position}`;
    await prepared(product);
    await send(redis, keysOf(product), textsOf(product, row.corrupt));
    await fail(product, row);
    await repair(product, row);
    await expectRepaired(product, row);
  },
);

const deletions = repairs.filter(({ what }) => rowOf(what).remove.length > 0);

test.each(deletions.map((row, position) => ({ ...row, position })))(
  "CORRUPT $what, deletion $position",
  async (row) => {
    const product = `vase-${row.position}`;
    const own = keysOf(product);
    await prepared(product);
    await send(redis, own, textsOf(product, row.corrupt));
    await fail(product, row);
    const { remove, key } = rowOf(row.what);
    await send(redis, own, [`DEL ${remove.map((name) => `{${name}}`).join(" ")}`]);
    if (key === "slot_due") return;
    for (const step of [recount, redrive]) await calls[step]?.(product);
    await expectRepaired(product, row);
  },
);

test("every command of a row is in a repair above", () => {
  for (const { what, repair: text } of rows) {
    const commands = text.match(/(?<=^|, |[Tt]hen |or )(?:[A-Z]{3,} \{[a-z_]+\}|call \w+\.\w+)/g) ?? [];
    const steps = repairs.filter((row) => row.what === what).flatMap((row) => row.steps);
    expect(commands.length, what).toBeGreaterThan(0);
    for (const command of commands)
      expect(
        steps.some((step) => step.startsWith(command)),
        `${what}: ${command}`,
      ).toBe(true);
  }
});

test("no row tells to delete the stock, because it has the sequences of events", () => {
  expect(rows.filter(({ remove }) => (remove as readonly string[]).includes("stock"))).toEqual([]);
});
