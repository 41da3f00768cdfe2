import { number } from "./progress.js";
import type { Tally } from "./replay/tally.js";
import { duplicatesOf, type Findings, offersOf, ordersOf, reservationsOf } from "./result.js";

/** The most differences that are printed. The rest is counted. */
const MAX_LISTED_DIFFERENCES = 20;

/** The summary as lines of text: a table, then the differences, or that there are none. */
export function summarise(findings: Findings, differences: readonly string[]): string {
  const { sent, totals, products, redis, orders, elapsedMs } = findings;
  const sum = (pick: (product: (typeof products)[number]) => number) =>
    products.reduce((whole, product) => whole + pick(product), 0);
  const inRedis = [...redis.values()];
  const duplicates = duplicatesOf(findings);
  const rows: readonly (readonly [string, number | undefined, number | undefined, number | undefined])[] = [
    [
      "Products",
      sent.quantities.size,
      products.length,
      inRedis.filter((one) => one.available !== undefined).length,
    ],
    ["Page views", sent.views, totals.viewsInDatabase, undefined],
    ["Orders", sent.orders, orders.sold + orders.refused, undefined],
    ["  refused", undefined, orders.refused, undefined],
    ["Sale lines", sent.sales, totals.sales, undefined],
    ["  refused", undefined, totals.refusedSales, undefined],
    ["Returns", sent.returns, totals.returns, undefined],
    ["Price events", sent.priceEvents, totals.priceEvents, undefined],
    ["Duplicates delivered", sent.duplicates, duplicates.delivered, undefined],
    ["  ignored", undefined, duplicates.ignored, undefined],
    ["Units at the start", undefined, sum(({ opening }) => opening), undefined],
    ["  sold", undefined, sum(({ sold }) => sold), undefined],
    ["  refused", undefined, totals.refusedUnits, undefined],
    ["  returned", undefined, sum(({ returned }) => returned), undefined],
    [
      "  available",
      undefined,
      sum(({ opening, sold, returned }) => opening - sold + returned),
      inRedis.reduce((whole, { available }) => whole + (available ?? 0), 0),
    ],
  ];
  const seconds = (elapsedMs / 1_000).toFixed(1);
  return [
    "",
    `${number(sent.lines)} lines in ${seconds} s: ${number(sent.bad)} bad, ${number(sent.other)} without a product`,
    "",
    row("", "Invoices", "PostgreSQL", "Redis"),
    ...rows.map(([name, ...cells]) =>
      row(name, ...cells.map((cell) => (cell === undefined ? "" : number(cell)))),
    ),
    "",
    describeOrders(findings),
    describeCoupons(findings),
    describeViews(findings),
    describeReservations(findings),
    describeOffers(findings),
    describePriceSales(findings),
    "",
    ...verdict(differences),
  ].join("\n");
}

/** The money of the orders in the books, compared with that of the invoices. */
function describeOrders(findings: Findings): string {
  const { sold, refused, linesAnOrder, paidLate, revenueMinor, discountMinor, refusedMinor } =
    ordersOf(findings);
  const money = [
    `revenue ${pounds(revenueMinor)}`,
    `discounts ${pounds(discountMinor)}`,
    `refused ${pounds(refusedMinor)}`,
  ];
  return [
    `orders ${number(sold + refused)} with ${linesAnOrder} lines each, ${number(paidLate)} paid after their lease; `,
    `${money.join(" + ")} = by the invoices ${pounds(findings.sent.salesMinor)}`,
  ].join("");
}

function describeCoupons(findings: Findings): string {
  const { discounted, limited } = ordersOf(findings);
  return [
    `coupons: ${number(findings.sent.withCoupon)} orders with one, ${number(discounted)} discounted; `,
    `rate limit: ${number(limited)} orders sent again after 429`,
  ].join("");
}

/** Formats pence for people: `£1,234.05`. */
function pounds(minor: number): string {
  return `£${(minor / 100).toLocaleString("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** The writes of views to PostgreSQL, compared with one write for each view. */
function describeViews({ sent, totals, pageViews }: Findings): string {
  const fewer = (writes: number) =>
    `${(100 - (100 * writes) / Math.max(sent.views, 1)).toFixed(1)} % fewer than one each`;
  const { statements, rows } = pageViews;
  return [
    `views ${number(sent.views)} = in the database ${number(totals.viewsInDatabase)}, `,
    `written in ${number(statements)} statements (${fewer(statements)}), ${number(rows)} rows (${fewer(rows)})`,
  ].join("");
}

function describeReservations(findings: Findings): string {
  const { committed, released, expired, held } = reservationsOf(findings);
  const ended = [
    `committed ${number(committed)}`,
    `released ${number(released)}`,
    `expired ${number(expired)}`,
  ];
  return `reservations: ${ended.join(", ")}, still held ${number(held)}`;
}

function describePriceSales({ priceSales }: Findings): string {
  const { planned, ended, now } = priceSales;
  return `calendar of sales: planned ${number(planned)}, ended early ${number(ended)}, products on sale ${number(now.size)}`;
}

function describeOffers(findings: Findings): string {
  const { tracked, extended, cancelled, expired, orphansCleaned } = offersOf(findings);
  const counts = [
    `tracked ${number(tracked)}`,
    `extended ${number(extended)}`,
    `cancelled ${number(cancelled)}`,
    `expired into the database ${number(expired)}`,
    `orphans cleaned ${number(orphansCleaned)}`,
  ];
  return `offers: ${counts.join(", ")}`;
}

/** The first bad lines, with their numbers. */
export function describeBadLines({ bad, badLines }: Pick<Tally, "bad" | "badLines">): string[] {
  if (bad === 0) return [];
  const rest = bad - badLines.length;
  return [
    `${number(bad)} bad line${bad === 1 ? " was" : "s were"} left out:`,
    ...badLines.map(({ number: line, reason }) => `  line ${line}: ${reason}`),
    ...(rest > 0 ? [`  and ${number(rest)} more`] : []),
  ];
}

function verdict(differences: readonly string[]): string[] {
  if (differences.length === 0) {
    return ["The books balance: the invoices, PostgreSQL and Redis agree on every product."];
  }
  const rest = differences.length - MAX_LISTED_DIFFERENCES;
  return [
    `The books do not balance. ${number(differences.length)} difference${differences.length === 1 ? "" : "s"}:`,
    ...differences.slice(0, MAX_LISTED_DIFFERENCES).map((difference) => `  ${difference}`),
    ...(rest > 0 ? [`  and ${number(rest)} more`] : []),
  ];
}

function row(name: string, ...cells: readonly string[]): string {
  return `${name.padEnd(30)}${cells.map((cell) => cell.padStart(14)).join("")}`.trimEnd();
}
