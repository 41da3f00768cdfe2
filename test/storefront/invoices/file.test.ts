import { mkdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { InvoiceFileError, inspectFile } from "../../../examples/storefront/invoices/file.js";
import type { InvoiceLine } from "../../../examples/storefront/invoices/line.js";
import { readInvoices } from "../../../examples/storefront/invoices/read.js";
import { GOOD_LINE, INVOICE_HEADER } from "../../support/storefront/invoices.js";
import { temporaryFolder } from "../../support/storefront/program.js";

const folder = await temporaryFolder();
afterAll(() => folder.remove());

const latin = Buffer.from("536366,gift_0001,Voucher £40.00,1,2010-12-20 10:14:00,34.04,,France", "latin1");
const expected = `Expected: an Online Retail file, CSV in UTF-8, plain or gzip, whose first line is ${INVOICE_HEADER}.`;

async function readAll(name: string, content: string | Buffer): Promise<InvoiceLine[]> {
  const file = folder.file(name);
  await writeFile(file, content);
  const { packing, lines } = await inspectFile(file);
  const found: InvoiceLine[] = [];
  for await (const one of readInvoices(file, packing)) found.push(one);
  expect(found).toHaveLength(lines);
  return found;
}

/** The text of the error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => "no error",
    (reason: unknown) => reason,
  );
  return error instanceof InvoiceFileError ? error.message : `not an InvoiceFileError: ${error}`;
}

describe("an invoice file", () => {
  const product = {
    kind: "product",
    invoice: "536365",
    customer: "17850",
    product: "85123A",
    quantity: 6,
    priceMinor: 255,
  };

  test.each([
    ["plain.csv", `${INVOICE_HEADER}\n${GOOD_LINE}\n${GOOD_LINE}\n`],
    ["no-last-break.csv", `${INVOICE_HEADER}\n${GOOD_LINE}\n${GOOD_LINE}`],
    ["windows.csv", `${INVOICE_HEADER}\r\n${GOOD_LINE}\r\n${GOOD_LINE}\r\n`],
    ["mark.csv", `\uFEFF${INVOICE_HEADER}\n${GOOD_LINE}\n${GOOD_LINE}\n`],
    ["quoted-header.csv", `"${INVOICE_HEADER.replaceAll(",", '","')}"\n${GOOD_LINE}\n${GOOD_LINE}\n`],
    ["packed-whatever-its-name.csv", gzipSync(`${INVOICE_HEADER}\n${GOOD_LINE}\n${GOOD_LINE}\n`)],
    [
      "two-members.gz",
      Buffer.concat([gzipSync(`${INVOICE_HEADER}\n${GOOD_LINE}\n`), gzipSync(`${GOOD_LINE}\n`)]),
    ],
  ])("gives its lines (%s)", async (name, content) => {
    expect(await readAll(name, content)).toEqual([
      { ...product, number: 2 },
      { ...product, number: 3 },
    ]);
  });

  test("keeps the numbers of bad lines, and gives the lines after them", async () => {
    const long = `1,${"9".repeat(70_000)},x,1,2010-12-01 08:26:00,1.00,,France`;
    const content = Buffer.concat([
      Buffer.from(`${INVOICE_HEADER}\n536365,"85123A,x,6,2010-12-01 08:26:00,2.55,,France\n${GOOD_LINE}\n`),
      latin,
      Buffer.from(`\n\n${long}\n${GOOD_LINE}\n`),
    ]);
    expect(await readAll("dirty.csv", content)).toEqual([
      { kind: "bad", number: 2, reason: "its quotes do not match" },
      { ...product, number: 3 },
      { kind: "bad", number: 4, reason: "it is not UTF-8" },
      { kind: "bad", number: 5, reason: "it has 1 column instead of 8" },
      { kind: "bad", number: 6, reason: "it is longer than 65536 bytes" },
      { ...product, number: 7 },
    ]);
  });
});

describe("the error of a file without invoices", () => {
  const packed = gzipSync(`${INVOICE_HEADER}\n${`${GOOD_LINE}\n`.repeat(500)}`);
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, 40, 60);

  test.each([
    { name: "empty.csv", content: "", wrong: "the file is empty" },
    { name: "empty.gz", content: gzipSync(""), wrong: "the file is empty" },
    { name: "header-only.csv", content: `${INVOICE_HEADER}\n`, wrong: "it has a header but no lines" },
    {
      name: "other.csv",
      content: "name,price\nlamp,5\n",
      wrong: 'its first line is another header: "name,price"',
    },
    { name: "text.txt", content: "Dear all,\n", wrong: 'its first line is another header: "Dear all,"' },
    { name: "cut.gz", content: packed.subarray(0, packed.length - 20), wrong: "the gzip data is cut short" },
    { name: "damaged.gz", content: damaged, wrong: "the gzip data is damaged" },
    { name: "binary.bin", content: Buffer.from([1, 2, 0, 3, 4]), wrong: "this is a binary file, not text" },
    {
      name: "binary.gz",
      content: gzipSync(Buffer.from([1, 2, 0, 3, 4])),
      wrong: "this is a binary file, not text",
    },
    {
      name: "book.xlsx",
      content: Buffer.from("PK\u0003\u0004"),
      wrong: "this is a ZIP archive or a spreadsheet (.xlsx); unpack or export it first",
    },
    {
      name: "wide.csv",
      content: Buffer.from(`\uFEFF${INVOICE_HEADER}\n`, "utf16le"),
      wrong: "the text is UTF-16, not UTF-8",
    },
  ])("says what is wrong with $name", async ({ name, content, wrong }) => {
    const file = folder.file(name);
    await writeFile(file, content);
    expect(await errorOf(inspectFile(file))).toBe(`${file}: ${wrong}.\n${expected}`);
  });

  test("says that there is no such file", async () => {
    const file = folder.file("nowhere.csv");
    expect(await errorOf(inspectFile(file))).toBe(`${file}: there is no such file.\n${expected}`);
  });

  test("says that the path is a directory", async () => {
    const file = folder.file("directory");
    await mkdir(file);
    expect(await errorOf(inspectFile(file))).toBe(`${file}: this is a directory.\n${expected}`);
  });
});
