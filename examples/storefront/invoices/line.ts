import { parse } from "csv-parse/sync";
import { NAME } from "../events.js";

/** The columns of the Online Retail format, in their order. */
export const COLUMNS = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
] as const;

/** A line that moves units of a product. `quantity` is negative for a return and may be zero. */
export interface ProductLine {
  readonly kind: "product";
  /** The line's number in the file; the header is line 1. */
  readonly number: number;
  /** The invoice's number. Lines of one invoice follow each other. */
  readonly invoice: string;
  /** The customer's number, or `GUEST`. */
  readonly customer: string;
  /** The stock code as it is in the file. */
  readonly product: string;
  readonly quantity: number;
  /**
   * The price of one unit in pence. It may be zero: the real file has such lines for written-off
   * goods.
   */
  readonly priceMinor: number;
}

/** A valid line without a product: postage, fees, vouchers. */
export interface OtherLine {
  readonly kind: "other";
  readonly number: number;
}

/** A line that cannot be used, with the reason. */
export interface BadLine {
  readonly kind: "bad";
  readonly number: number;
  readonly reason: string;
}

export type InvoiceLine = ProductLine | OtherLine | BadLine;

/** The customer of invoices that name none. */
export const GUEST = "guest";

/**
 * The most units that one line may move in either direction: the maximum of PostgreSQL's `integer`.
 */
const MAX_UNITS = 2_147_483_647;
/** The highest price in pence, for the same reason. */
const MAX_PRICE_MINOR = 2_147_483_647;

/**
 * Parses one line of an invoice file.
 *
 * One physical line is one record, so a wrong quote damages only its own line.
 *
 *     parseLine("536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom", 2)
 *     // { kind: "product", number: 2, invoice: "536365", customer: "17850", product: "85123A",
 *     //   quantity: 6, priceMinor: 255 }
 */
export function parseLine(text: string, number: number): InvoiceLine {
  const fields = splitFields(text);
  const bad = (reason: string): BadLine => ({ kind: "bad", number, reason });
  if (fields === undefined) return bad("its quotes do not match");
  if (fields.length !== COLUMNS.length) {
    return bad(`it has ${count(fields.length, "column")} instead of ${COLUMNS.length}`);
  }
  const [invoice, code, , quantityText, date, priceText, customerText] = fields.map((field) => field.trim());
  if (!invoice) return bad("InvoiceNo is missing");
  if (!code) return bad("StockCode is missing");
  if (!quantityText) return bad("Quantity is missing");
  if (!date) return bad("InvoiceDate is missing");
  if (!priceText) return bad("UnitPrice is missing");

  if (!isCode(invoice)) return bad(`InvoiceNo cannot be used as a number: ${quote(invoice)}`);
  if (!isCode(code)) return bad(`StockCode cannot be used as a code: ${quote(code)}`);
  if (!/^[+-]?\d+$/.test(quantityText)) return bad(`Quantity is no whole number: ${quote(quantityText)}`);
  const quantity = Number(quantityText);
  if (Math.abs(quantity) > MAX_UNITS) return bad(`Quantity is out of range: ${quote(quantityText)}`);
  if (!isDate(date)) return bad(`InvoiceDate is no date: ${quote(date)}`);
  const priceMinor = toMinor(priceText);
  if (priceMinor === undefined) return bad(`UnitPrice is no number: ${quote(priceText)}`);
  if (Math.abs(priceMinor) > MAX_PRICE_MINOR) return bad(`UnitPrice is out of range: ${quote(priceText)}`);

  const customer = customerOf(customerText);
  if (!isCode(customer)) return bad(`CustomerID cannot be used as a number: ${quote(customer)}`);

  if (!isProduct(code)) return { kind: "other", number };
  if (priceMinor < 0) return bad(`UnitPrice is below zero: ${quote(priceText)}`);
  return { kind: "product", number, invoice, customer, product: code, quantity, priceMinor };
}

/** The file has numbers of customers as decimals, such as `17850.0`. */
function customerOf(text: string | undefined): string {
  return text ? text.replace(/\.0$/, "") : GUEST;
}

/** A line belongs to a product if its stock code starts with five digits. */
function isProduct(code: string): boolean {
  return /^\d{5}/.test(code);
}

/** The pattern of codes that the shop accepts. */
function isCode(code: string): boolean {
  return code.length <= NAME.maxCharacters && new RegExp(NAME.pattern).test(code);
}

/** The fields of a line, or undefined if its quotes do not match. */
function splitFields(text: string): string[] | undefined {
  // A line without a quote needs no full parser. Only 1 % of the real lines have a quote.
  if (!text.includes('"')) return text.split(",");
  try {
    const rows: string[][] = parse(text, { relax_column_count: true, relax_quotes: true });
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}

/** The pence of a decimal price, rounded half away from zero. Undefined if it is no number. */
function toMinor(text: string): number | undefined {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole, fraction = ""] = parts;
  const digits = fraction.padEnd(3, "0");
  const pence = Number(whole) * 100 + Number(digits.slice(0, 2)) + (digits.charAt(2) >= "5" ? 1 : 0);
  return sign === "-" && pence !== 0 ? -pence : pence;
}

/** `2010-12-01 08:26:00` (also with `T`, also without seconds) or the older `12/1/2010 8:26`. */
function isDate(text: string): boolean {
  const iso = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second = "0"] = iso;
    return isCalendarTime(year, month, day, hour, minute, second);
  }
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/.exec(text);
  if (american === null) return false;
  const [, month, day, year, hour, minute] = american;
  return isCalendarTime(year, month, day, hour, minute, "0");
}

function isCalendarTime(...parts: (string | undefined)[]): boolean {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return (
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  );
}

/**
 * A field in a form that can be printed: quoted, with escaped control characters, cut at 40
 * characters.
 */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
