import { inspectFile } from "./file.js";
import type { InvoiceLine } from "./line.js";
import { readInvoices } from "./read.js";
import { SYNTHETIC_LINES, syntheticInvoices } from "./synthetic.js";

/** The invoices to replay, and their number of lines. */
export interface Invoices {
  readonly lines: number;
  read(): AsyncIterable<InvoiceLine> | Iterable<InvoiceLine>;
}

/** Which invoices are replayed. */
export interface InvoiceChoice {
  /** The invoice file. Absent: invoices are generated from the seed. */
  readonly data?: string | undefined;
  /** The most lines. Absent: all lines of the file, or the default number of generated ones. */
  readonly limit?: number | undefined;
  readonly seed: number;
}

/** Throws `InvoiceFileError` if the file is none. */
export async function openInvoices({ data, limit, seed }: InvoiceChoice): Promise<Invoices> {
  if (data === undefined) {
    const lines = limit ?? SYNTHETIC_LINES;
    return { lines, read: () => syntheticInvoices(seed, lines) };
  }
  const { packing, lines } = await inspectFile(data);
  return {
    lines: Math.min(lines, limit ?? lines),
    read: () => takeFirst(readInvoices(data, packing), limit ?? lines),
  };
}

async function* takeFirst(lines: AsyncIterable<InvoiceLine>, limit: number): AsyncGenerator<InvoiceLine> {
  let left = limit;
  for await (const line of lines) {
    yield line;
    left -= 1;
    if (left === 0) return;
  }
}
