import type { Redis } from "ioredis";
import { expect } from "vitest";
import { keys } from "../../../../src/index.js";
import { hour } from "../reservations.js";
import type { TestTenant } from "../tenants.js";

const rememberMs = hour;
const operation = "op-1";
/** The count of a warehouse with which each test begins. */
export const count = { warehouse: "berlin", quantity: 5, sequence: 10, low: 0 };

export interface Repair {
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
  /** What then follows the repair. */
  readonly after?: (product: string) => Promise<unknown>;
}

const redrive = "call slot.redrive";
const recount = "call stock.recount";
/** After stock.recount has answered "too_many". */
const addUp = [
  "WATCH {stock}",
  "HSCAN {reservations} 0 COUNT 1000",
  "MULTI",
  "HSET {stock} held <sum of the texts held and prepared> prepared <sum of the texts prepared>",
  "EXEC",
];

/** The repairs of the keys of stock, and what they use. */
export function stockRepairs({ redis, scope, tenant }: TestTenant<Redis>) {
  const { stock, scripts } = tenant;

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

  const memberOf = (product: string) => `${scope.tenant}:${product}`;

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

  const sweep = (product: string) => stock.sweep({ product, limit: 10, rememberMs });
  const sale = (product: string) =>
    stock.adjust({ product, operation, change: -1, backorder: false, low: 0, rememberMs });
  const levels = (product: string) => stock.levels({ product });
  const cart = { "<reservation>": "cart-1" };
  const fields = (count: number, name: (position: number) => string) =>
    `HSET {stock} ${Array.from({ length: count }, (_, position) => name(position + 1)).join(" ")}`;

  const repairs: readonly Repair[] = [
    { what: "total", corrupt: ["HSET {stock} total many"], steps: [recount, redrive] },
    {
      what: "total",
      corrupt: ["HSET {stock} total many"],
      steps: ["call stock.forget", redrive],
      forgets: true,
    },
    { what: "held", corrupt: ["HSET {stock} held 1"], steps: [recount, redrive] },
    { what: "held", corrupt: ["HSET {stock} held x"], steps: [...addUp, redrive] },
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
      steps: [
        'HSET {stock} event:<warehouse> "<its latest sequence> <its level>"',
        "count the warehouse anew",
      ],
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
      what: "past sequence",
      corrupt: ['HSET {past_sequences} "\twatch" many'],
      call: (product) => stock.watch({ product, sequence: 4, low: 2 }),
      steps: ["HSET {past_sequences} $'\\twatch' <the latest sequence of stock.watch>"],
      fill: { "<the latest sequence of stock.watch>": "4" },
    },
    {
      what: "reservation",
      corrupt: ['HSET {reservations} cart-1 "lost 3 1"'],
      steps: ["HDEL {reservations} <reservation>", recount, redrive],
      fill: cart,
    },
    {
      what: "reservation",
      corrupt: ['HSET {reservations} cart-1 "lost 3 1"'],
      steps: ['HSET {reservations} <reservation> "prepared <units> 0 <fence>"', recount, redrive],
      fill: { ...cart, "<units>": "3", "<fence>": "7" },
      after: (product) => stock.releasePrepared({ product, reservation: "cart-1", fence: 7, rememberMs }),
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
      what: "prepared",
      corrupt: ["HSET {stock} prepared many"],
      call: (product) => stock.forget({ product, limit: 10, rememberMs }),
      steps: addUp,
      forgets: true,
    },
    {
      what: "time of a prepared line",
      corrupt: ['ZADD {slot_prepared} 1.5 "{member}\tcart-1"'],
      call: (product) => stock.claimPrepared({ product, reservation: "cart-1", dueMs: 1, retryMs: hour }),
      after: async (product) => {
        const entries = await redis.zrange(keysOf(product).slot_prepared, "0", "-1");
        expect(entries.map(String).filter((entry) => entry.includes(product))).toEqual([
          `${memberOf(product)}\tcart-1`,
        ]);
      },
      steps: [
        "ZADD {slot_prepared} <the present time in milliseconds> $'<tenant>:<product>\\t<reservation>'",
      ],
      fill: { "<tenant>:<product>": "{member}", ...cart },
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

  return { repairs, calls, keysOf, memberOf, sweep, levels };
}
