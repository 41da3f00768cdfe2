/** One physical line of a file. `bytes` is undefined if the line is longer than the limit. */
export interface RawLine {
  /** The first line has the number 1. */
  readonly number: number;
  /** Without the line break (LF or CRLF). */
  readonly bytes: Buffer | undefined;
}

/** The longest line that is read, in bytes. A real line has about 90. */
export const MAX_LINE_BYTES = 65_536;

/**
 * Splits a stream of bytes into lines. It stores one chunk and at most one line, for files of any
 * length.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<RawLine> {
  let number = 0;
  let open: Buffer[] = [];
  let openBytes = 0;

  const close = (): RawLine => {
    number += 1;
    const bytes = openBytes > MAX_LINE_BYTES ? undefined : dropCarriageReturn(Buffer.concat(open));
    open = [];
    openBytes = 0;
    return { number, bytes };
  };
  const extend = (piece: Buffer): void => {
    openBytes += piece.length;
    if (openBytes <= MAX_LINE_BYTES) open.push(piece);
    else open = [];
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      extend(chunk.subarray(start, end));
      yield close();
      start = end + 1;
    }
    if (start < chunk.length) extend(chunk.subarray(start));
  }
  if (openBytes > 0) yield close();
}

function dropCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
}
