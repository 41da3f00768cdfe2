import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { COLUMNS, quote } from "./line.js";
import { type RawLine, splitLines } from "./lines.js";

/**
 * The file is not an invoice file. The message names the file, the problem and the expected form.
 */
export class InvoiceFileError extends Error {
  override readonly name = "InvoiceFileError";

  constructor(file: string, wrong: string, options?: ErrorOptions) {
    super(`${file}: ${wrong}.\nExpected: ${EXPECTED}.`, options);
  }
}

const HEADER = COLUMNS.join(",");
const EXPECTED = `an Online Retail file, CSV in UTF-8, plain or gzip, whose first line is ${HEADER}`;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** How a file is packed. Its first bytes decide, not its name. */
export type Packing = "plain" | "gzip";

/**
 * Checks a file before anything is started. It reads the file once to its end and stores none of
 * it.
 *
 * Throws `InvoiceFileError` if the file is missing, empty, binary or a damaged gzip, or has another
 * header. Returns the number of lines after the header.
 */
export async function inspectFile(file: string): Promise<{ packing: Packing; lines: number }> {
  const packing = await findPacking(file);
  let lines = 0;
  for await (const { number } of dataLines(file, packing)) lines = number - 1;
  if (lines === 0) throw new InvoiceFileError(file, "it has a header but no lines");
  return { packing, lines };
}

/** The lines after the header, as bytes. Throws `InvoiceFileError` if the file is damaged. */
export async function* dataLines(file: string, packing: Packing): AsyncGenerator<RawLine> {
  const source = createReadStream(file);
  const bytes = packing === "gzip" ? source.pipe(createGunzip()) : source;
  if (bytes !== source) source.on("error", (error) => bytes.destroy(error));
  let header = false;
  try {
    for await (const line of splitLines(bytes)) {
      if (header) {
        yield line;
      } else {
        checkHeader(file, line);
        header = true;
      }
    }
  } catch (error) {
    if (error instanceof InvoiceFileError) throw error;
    throw new InvoiceFileError(file, describe(error), { cause: error });
  } finally {
    source.destroy();
    bytes.destroy();
  }
  if (!header) throw new InvoiceFileError(file, "the file is empty");
}

async function findPacking(file: string): Promise<Packing> {
  const first = await firstBytes(file);
  if (first.length === 0) throw new InvoiceFileError(file, "the file is empty");
  if (first[0] === 0x1f && first[1] === 0x8b) return "gzip";
  if (first[0] === 0x50 && first[1] === 0x4b) {
    throw new InvoiceFileError(
      file,
      "this is a ZIP archive or a spreadsheet (.xlsx); unpack or export it first",
    );
  }
  if ((first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff)) {
    throw new InvoiceFileError(file, "the text is UTF-16, not UTF-8");
  }
  if (first.includes(0)) throw new InvoiceFileError(file, "this is a binary file, not text");
  return "plain";
}

async function firstBytes(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const status = await handle.stat();
      if (status.isDirectory()) throw new InvoiceFileError(file, "this is a directory");
      if (!status.isFile()) {
        throw new InvoiceFileError(file, "this is not a regular file, and it has to be read twice");
      }
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4_096), 0, 4_096, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof InvoiceFileError) throw error;
    throw new InvoiceFileError(file, describe(error), { cause: error });
  }
}

function checkHeader(file: string, { bytes }: RawLine): void {
  if (bytes === undefined || bytes.includes(0)) {
    throw new InvoiceFileError(file, "this is a binary file, not text");
  }
  const text = bytes.subarray(bytes.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0).toString();
  if (text !== HEADER && text.replaceAll('"', "") !== HEADER) {
    throw new InvoiceFileError(file, `its first line is another header: ${quote(text)}`);
  }
}

function describe(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "the file may not be read (permission denied)";
  if (code === "Z_BUF_ERROR") return "the gzip data is cut short";
  if (typeof code === "string" && code.startsWith("Z_")) return "the gzip data is damaged";
  return `the file cannot be read (${error instanceof Error ? error.message : String(error)})`;
}
