import { isUtf8 } from "node:buffer";
import { dataLines, type Packing } from "./file.js";
import { type InvoiceLine, parseLine } from "./line.js";
import { MAX_LINE_BYTES } from "./lines.js";

/**
 * Reads an invoice file line by line, without storing it.
 *
 * A bad line has the kind `bad`, its number and the reason, and reading continues after it.
 * `inspectFile` determines how the file is packed. Throws `InvoiceFileError` if the file is
 * damaged.
 */
export async function* readInvoices(file: string, packing: Packing): AsyncGenerator<InvoiceLine> {
  for await (const { number, bytes } of dataLines(file, packing)) {
    if (bytes === undefined) {
      yield { kind: "bad", number, reason: `it is longer than ${MAX_LINE_BYTES} bytes` };
    } else if (!isUtf8(bytes)) {
      yield { kind: "bad", number, reason: "it is not UTF-8" };
    } else {
      yield parseLine(bytes.toString(), number);
    }
  }
}
